package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"math"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes/scheme"
)

// As the API server sends an object: with its version and kind, in the frame.
func encoded(object runtime.Object, version, kind string) []byte {
	group, err := schema.ParseGroupVersion(version)
	must(err)
	object.GetObjectKind().SetGroupVersionKind(group.WithKind(kind))
	var out bytes.Buffer
	must(protobuf.NewSerializer(scheme.Scheme, scheme.Scheme).Encode(object, &out))
	return out.Bytes()
}

func metadata(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: name, Namespace: "shop", UID: "u-1", ResourceVersion: "18446744073709551615",
		Generation: math.MaxInt64, CreationTimestamp: at(1), Labels: map[string]string{"app": "web", "empty": "", "ü": "ß"},
		Annotations: map[string]string{"kubectl.kubernetes.io/last-applied-configuration": "{}", "deployment.kubernetes.io/revision": "7"}}
}

func selector() *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchLabels: map[string]string{"app": "web"},
		MatchExpressions: []metav1.LabelSelectorRequirement{
			{Key: "tier", Operator: metav1.LabelSelectorOpNotIn, Values: []string{"a", "b"}},
			{Key: "old", Operator: metav1.LabelSelectorOpDoesNotExist}}}
}

func template() corev1.PodTemplateSpec {
	return corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"app": "web"}, Annotations: map[string]string{"x": "y"}},
		Spec: podOf(7).Spec}
}

// What the readers of both encodings may trip over.
func oddPod() *corev1.Pod {
	pod := podOf(3)
	pod.ObjectMeta.DeletionTimestamp = pointer(at(99))
	pod.CreationTimestamp = metav1.Time{} // null in JSON, an empty message on the wire
	pod.OwnerReferences = append(pod.OwnerReferences, metav1.OwnerReference{Kind: "Other", Name: "o", UID: "o-1"})
	pod.Spec.Priority = pointer(int32(-2000))
	pod.Spec.RestartPolicy = corev1.RestartPolicyNever
	odd := container("odd", "odd:1")
	odd.Resources.Requests = corev1.ResourceList{"cpu": resource.MustParse("100u"), "memory": resource.MustParse("128974848000m"),
		"example.com/gpu": resource.MustParse("2")}
	odd.Resources.Limits = corev1.ResourceList{"cpu": resource.MustParse("2e1"), "memory": resource.MustParse("1.5Gi")}
	odd.ResizePolicy = []corev1.ContainerResizePolicy{
		{ResourceName: "cpu", RestartPolicy: corev1.NotRequired}, {ResourceName: "memory", RestartPolicy: corev1.RestartContainer}}
	pod.Spec.Containers = append(pod.Spec.Containers, odd, corev1.Container{Name: "bare"})
	always := corev1.ContainerRestartPolicyAlways
	pod.Spec.InitContainers = []corev1.Container{{Name: "setup", Image: "s:1"}, {Name: "mesh", Image: "m:1", RestartPolicy: &always}}
	pod.Status.InitContainerStatuses = []corev1.ContainerStatus{running("mesh", "m:1", 1)}
	killed := running("odd", "odd:1", 2)
	killed.State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}}
	killed.LastTerminationState = corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
		ExitCode: -1, Reason: "OOMKilled", StartedAt: at(3), FinishedAt: at(4)}}
	pod.Status.ContainerStatuses = append(pod.Status.ContainerStatuses, killed)
	pod.Status.Reason = "Evicted"
	pod.Status.Conditions = append(pod.Status.Conditions,
		corev1.PodCondition{Type: "PodResizePending", Status: corev1.ConditionTrue, Reason: "Deferred", Message: "later", LastTransitionTime: at(50), ObservedGeneration: 12},
		corev1.PodCondition{Type: "PodResizeInProgress", Status: corev1.ConditionTrue, Reason: "Error", LastTransitionTime: at(40), ObservedGeneration: 11})
	return &pod
}

func emptyPod() *corev1.Pod {
	return &corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "empty", CreationTimestamp: metav1.Unix(0, 0),
		Labels: map[string]string{}, DeletionTimestamp: &metav1.Time{}}}
}

type fixture struct {
	name, version, kind string
	object              runtime.Object
}

func kinds() []fixture {
	replicas := pointer(int32(0))
	share, whole := intstr.FromString("25%"), intstr.FromInt32(2)
	micro := metav1.NewMicroTime(at(5).Time.Add(123456789))
	hpaTarget := autoscalingv2.CrossVersionObjectReference{Kind: "Deployment", Name: "web", APIVersion: "apps/v1"}
	meta := metadata
	regular := podOf(12)
	return []fixture{
		{"pod", "v1", "Pod", &regular},
		{"pod-odd", "v1", "Pod", oddPod()},
		{"pod-empty", "v1", "Pod", emptyPod()},
		{"node", "v1", "Node", &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "n", ResourceVersion: "5"}, Spec: corev1.NodeSpec{Unschedulable: true},
			Status: corev1.NodeStatus{Capacity: amounts("8", "32Gi"), Allocatable: corev1.ResourceList{"cpu": resource.MustParse("7910m"),
				"memory": resource.MustParse("31Gi"), "pods": resource.MustParse("250")}, Conditions: []corev1.NodeCondition{
				{Type: "Ready", Status: corev1.ConditionTrue}, {Type: "MemoryPressure", Status: corev1.ConditionTrue}}}}},
		{"namespace", "v1", "Namespace", &corev1.Namespace{ObjectMeta: meta("shop")}},
		{"event", "v1", "Event", &corev1.Event{ObjectMeta: meta("e"), InvolvedObject: corev1.ObjectReference{Kind: "Pod", Namespace: "shop", Name: "web"},
			Reason: "OOM", Message: "m", Source: corev1.EventSource{Component: "kubelet"}, LastTimestamp: at(9), Type: "Warning", Count: 4}},
		{"event-new", "v1", "Event", &corev1.Event{ObjectMeta: meta("e2"), EventTime: micro, ReportingController: "c", Type: "Normal"}},
		{"limitrange", "v1", "LimitRange", &corev1.LimitRange{ObjectMeta: meta("l"), Spec: corev1.LimitRangeSpec{Limits: []corev1.LimitRangeItem{
			{Type: "Container", Max: amounts("4", "8Gi"), Min: amounts("1m", "1Ki"), Default: amounts("1", "1Gi"), DefaultRequest: amounts("100m", "100M")},
			{Type: "Pod", Max: amounts("8", "16Gi"), Min: amounts("2m", "2Ki")}}}}},
		{"quota", "v1", "ResourceQuota", &corev1.ResourceQuota{ObjectMeta: meta("q"),
			Spec: corev1.ResourceQuotaSpec{Hard: corev1.ResourceList{"cpu": resource.MustParse("10"), "requests.memory": resource.MustParse("10Gi"),
				"limits.cpu": resource.MustParse("20"), "limits.memory": resource.MustParse("20Gi")}},
			Status: corev1.ResourceQuotaStatus{Used: corev1.ResourceList{"cpu": resource.MustParse("1"), "requests.memory": resource.MustParse("1Gi")}}}},
		{"deployment", "apps/v1", "Deployment", &appsv1.Deployment{ObjectMeta: meta("web"), Spec: appsv1.DeploymentSpec{Replicas: pointer(int32(10)),
			Selector: selector(), Template: template(), MinReadySeconds: 3, Paused: true, Strategy: appsv1.DeploymentStrategy{Type: "RollingUpdate",
				RollingUpdate: &appsv1.RollingUpdateDeployment{MaxUnavailable: &share, MaxSurge: &whole}}},
			Status: appsv1.DeploymentStatus{ObservedGeneration: 3, Replicas: 9, UpdatedReplicas: 8, ReadyReplicas: 7}}},
		{"deployment-none", "apps/v1", "Deployment", &appsv1.Deployment{ObjectMeta: meta("none"), Spec: appsv1.DeploymentSpec{Replicas: replicas,
			Selector: selector(), Template: template(), Strategy: appsv1.DeploymentStrategy{Type: "Recreate"}}}},
		{"statefulset", "apps/v1", "StatefulSet", &appsv1.StatefulSet{ObjectMeta: meta("db"), Spec: appsv1.StatefulSetSpec{Selector: selector(), Template: template(),
			MinReadySeconds: 4, UpdateStrategy: appsv1.StatefulSetUpdateStrategy{Type: "RollingUpdate",
				RollingUpdate: &appsv1.RollingUpdateStatefulSetStrategy{Partition: pointer(int32(1)), MaxUnavailable: &share}}},
			Status: appsv1.StatefulSetStatus{ObservedGeneration: 2, Replicas: 3, ReadyReplicas: 2, UpdatedReplicas: 1, UpdateRevision: "db-2"}}},
		{"daemonset", "apps/v1", "DaemonSet", &appsv1.DaemonSet{ObjectMeta: meta("ds"), Spec: appsv1.DaemonSetSpec{Selector: selector(), Template: template(),
			UpdateStrategy: appsv1.DaemonSetUpdateStrategy{Type: "OnDelete", RollingUpdate: &appsv1.RollingUpdateDaemonSet{MaxUnavailable: &whole, MaxSurge: &share}}},
			Status: appsv1.DaemonSetStatus{CurrentNumberScheduled: 5, DesiredNumberScheduled: 6, NumberReady: 4, ObservedGeneration: 3, UpdatedNumberScheduled: 2}}},
		{"replicaset", "apps/v1", "ReplicaSet", &appsv1.ReplicaSet{ObjectMeta: meta("rs"), Spec: appsv1.ReplicaSetSpec{Replicas: pointer(int32(3)), Selector: selector(),
			Template: template(), MinReadySeconds: 2}, Status: appsv1.ReplicaSetStatus{Replicas: 3, ReadyReplicas: 2, ObservedGeneration: 1}}},
		{"job", "batch/v1", "Job", &batchv1.Job{ObjectMeta: meta("j"), Spec: batchv1.JobSpec{Parallelism: pointer(int32(2)), Completions: pointer(int32(5)),
			Selector: selector(), Template: template()}, Status: batchv1.JobStatus{Ready: pointer(int32(1))}}},
		{"cronjob", "batch/v1", "CronJob", &batchv1.CronJob{ObjectMeta: meta("c"), Spec: batchv1.CronJobSpec{Schedule: "* * * * *", Suspend: pointer(true),
			JobTemplate: batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{Template: template()}}}}},
		{"budget", "policy/v1", "PodDisruptionBudget", &policyv1.PodDisruptionBudget{ObjectMeta: meta("b"), Spec: policyv1.PodDisruptionBudgetSpec{
			MinAvailable: &share, Selector: selector()}, Status: policyv1.PodDisruptionBudgetStatus{ObservedGeneration: 1, DisruptionsAllowed: 1,
			CurrentHealthy: 4, DesiredHealthy: 3, ExpectedPods: 5}}},
		{"budget-whole", "policy/v1", "PodDisruptionBudget", &policyv1.PodDisruptionBudget{ObjectMeta: meta("b2"), Spec: policyv1.PodDisruptionBudgetSpec{
			MaxUnavailable: &whole}}},
		{"autoscaler", "autoscaling/v2", "HorizontalPodAutoscaler", &autoscalingv2.HorizontalPodAutoscaler{ObjectMeta: meta("h"),
			Spec: autoscalingv2.HorizontalPodAutoscalerSpec{ScaleTargetRef: hpaTarget, MinReplicas: pointer(int32(2)), MaxReplicas: 9, Metrics: []autoscalingv2.MetricSpec{
				{Type: "Resource", Resource: &autoscalingv2.ResourceMetricSource{Name: "cpu", Target: autoscalingv2.MetricTarget{Type: "Utilization", AverageUtilization: pointer(int32(70))}}},
				{Type: "ContainerResource", ContainerResource: &autoscalingv2.ContainerResourceMetricSource{Name: "memory", Container: "app",
					Target: autoscalingv2.MetricTarget{Type: "AverageValue", AverageValue: pointer(resource.MustParse("1Gi"))}}},
				{Type: "External", External: &autoscalingv2.ExternalMetricSource{Metric: autoscalingv2.MetricIdentifier{Name: "queue"}}}}},
			Status: autoscalingv2.HorizontalPodAutoscalerStatus{CurrentReplicas: 3, DesiredReplicas: 4}}},
		{"lease", "coordination.k8s.io/v1", "Lease", &coordinationv1.Lease{ObjectMeta: meta("le"), Spec: coordinationv1.LeaseSpec{HolderIdentity: pointer("me"),
			LeaseDurationSeconds: pointer(int32(30)), AcquireTime: &micro, RenewTime: &micro, LeaseTransitions: pointer(int32(2))}}},
	}
}

func event(step string, raw []byte) []byte {
	bytes, err := (&metav1.WatchEvent{Type: step, Object: runtime.RawExtension{Raw: raw}}).Marshal()
	must(err)
	return bytes
}

func refusal(code int32, reason metav1.StatusReason, message string) *metav1.Status {
	return &metav1.Status{Status: "Failure", Message: message, Reason: reason, Code: code,
		Details: &metav1.StatusDetails{Causes: []metav1.StatusCause{{Type: "FieldValueInvalid", Message: "m", Field: "metadata.uid"}}}}
}

// By file name. Each object in both encodings; a watch as the bytes of its stream.
func fixtures() map[string][]byte {
	out := map[string][]byte{}
	for _, each := range kinds() {
		out[each.name+".pb"] = encoded(each.object, each.version, each.kind)
		text, err := json.Marshal(each.object)
		must(err)
		out[each.name+".json"] = text
	}
	list := pageOf(0, 3)
	list.ListMeta = metav1.ListMeta{ResourceVersion: "77", Continue: "more"}
	out["pods.pb"] = encoded(list, "v1", "PodList")
	text, err := json.Marshal(list)
	must(err)
	out["pods.json"] = text

	forbidden := refusal(403, metav1.StatusReasonForbidden, `pods is forbidden: User "anna" cannot list resource "pods"`)
	out["forbidden.pb"] = encoded(forbidden, "v1", "Status")
	text, err = json.Marshal(forbidden)
	must(err)
	out["forbidden.json"] = text

	mark := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{ResourceVersion: "90", Annotations: map[string]string{"k8s.io/initial-events-end": "true"}}}
	pod := podOf(1)
	changed := podOf(1)
	changed.ResourceVersion, changed.UID = "100005", types.UID("other")
	gone := refusal(410, metav1.StatusReasonExpired, "too old resource version: 1 (2)")
	steps := []fixture{{"ADDED", "v1", "Pod", &pod}, {"MODIFIED", "v1", "Pod", &changed}, {"BOOKMARK", "v1", "Pod", mark},
		{"DELETED", "v1", "Pod", &changed}, {"ERROR", "v1", "Status", gone}}
	var frames, lines bytes.Buffer
	for _, each := range steps {
		one := event(each.name, encoded(each.object, each.version, each.kind))
		must(binary.Write(&frames, binary.BigEndian, uint32(len(one))))
		frames.Write(one)
		must(json.NewEncoder(&lines).Encode(map[string]any{"type": each.name, "object": each.object}))
	}
	out["watch.pb"], out["watch.json"] = frames.Bytes(), lines.Bytes()
	return out
}
