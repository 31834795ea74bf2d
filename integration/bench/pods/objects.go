package main

import (
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
)

var began = time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC)

func at(seconds int) metav1.Time {
	return metav1.NewTime(began.Add(time.Duration(seconds) * time.Second))
}

func pointer[T any](value T) *T { return &value }

func amounts(cpu, memory string) corev1.ResourceList {
	return corev1.ResourceList{corev1.ResourceCPU: resource.MustParse(cpu), corev1.ResourceMemory: resource.MustParse(memory)}
}

func probe(path string) *corev1.Probe {
	return &corev1.Probe{
		ProbeHandler: corev1.ProbeHandler{HTTPGet: &corev1.HTTPGetAction{
			Path: path, Port: intstr.FromInt32(8080), Scheme: corev1.URISchemeHTTP}},
		InitialDelaySeconds: 5, TimeoutSeconds: 1, PeriodSeconds: 10, SuccessThreshold: 1, FailureThreshold: 3}
}

func container(name, image string) corev1.Container {
	env := []corev1.EnvVar{{Name: "POD_NAME", ValueFrom: &corev1.EnvVarSource{
		FieldRef: &corev1.ObjectFieldSelector{APIVersion: "v1", FieldPath: "metadata.name"}}}}
	for i := 0; i < 8; i++ {
		env = append(env, corev1.EnvVar{Name: fmt.Sprintf("SETTING_%d", i), Value: fmt.Sprintf("value of setting %d", i)})
	}
	return corev1.Container{
		Name: name, Image: image, Args: []string{"--config=/etc/app/config.yaml", "--verbose"},
		Ports: []corev1.ContainerPort{{Name: "http", ContainerPort: 8080, Protocol: corev1.ProtocolTCP}},
		Env:   env,
		Resources: corev1.ResourceRequirements{
			Requests: amounts("250m", "256Mi"), Limits: amounts("1", "512Mi")},
		VolumeMounts: []corev1.VolumeMount{
			{Name: "config", MountPath: "/etc/app", ReadOnly: true},
			{Name: "kube-api-access", MountPath: "/var/run/secrets/kubernetes.io/serviceaccount", ReadOnly: true}},
		LivenessProbe: probe("/healthz"), ReadinessProbe: probe("/ready"),
		TerminationMessagePath: "/dev/termination-log", TerminationMessagePolicy: corev1.TerminationMessageReadFile,
		ImagePullPolicy: corev1.PullIfNotPresent,
		SecurityContext: &corev1.SecurityContext{RunAsNonRoot: pointer(true), AllowPrivilegeEscalation: pointer(false)}}
}

func running(name, image string, pod int) corev1.ContainerStatus {
	return corev1.ContainerStatus{
		Name: name, Ready: true, Started: pointer(true), RestartCount: int32(pod % 3), Image: image,
		ImageID:            "registry.example/" + image + "@sha256:4a1c4b21597c1b4415bdbecb28a3296c6b5e23ca4f9feeb599860a1dac6a0108",
		ContainerID:        fmt.Sprintf("containerd://%064x", pod),
		State:              corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: at(pod % 86400)}},
		AllocatedResources: amounts("250m", "256Mi"),
		Resources: &corev1.ResourceRequirements{
			Requests: amounts("250m", "256Mi"), Limits: amounts("1", "512Mi")}}
}

func condition(kind corev1.PodConditionType, pod int) corev1.PodCondition {
	return corev1.PodCondition{Type: kind, Status: corev1.ConditionTrue, LastTransitionTime: at(pod % 86400), ObservedGeneration: 1}
}

// A pod as a Deployment of ten replicas has it on a cluster, after the kubelet has reported.
func podOf(i int) corev1.Pod {
	owner := i / 10
	set := fmt.Sprintf("service-%05d-7f9d4c5b6d", owner)
	app := fmt.Sprintf("service-%05d", owner)
	managed := func(manager, sub, fields string) metav1.ManagedFieldsEntry {
		return metav1.ManagedFieldsEntry{Manager: manager, Operation: metav1.ManagedFieldsOperationUpdate, APIVersion: "v1",
			Time: pointer(at(i % 86400)), FieldsType: "FieldsV1", FieldsV1: &metav1.FieldsV1{Raw: []byte(fields)}, Subresource: sub}
	}
	return corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{
			Name: fmt.Sprintf("%s-%05x", set, i), GenerateName: set + "-", Namespace: fmt.Sprintf("team-%02d", owner%50),
			UID:             types.UID(fmt.Sprintf("%08x-1111-4222-8333-%012x", i, i)),
			ResourceVersion: fmt.Sprint(100000 + i), Generation: 1, CreationTimestamp: at(i % 86400),
			Labels: map[string]string{"app.kubernetes.io/name": app, "app.kubernetes.io/part-of": "shop",
				"pod-template-hash": "7f9d4c5b6d", "team": fmt.Sprintf("team-%02d", owner%50)},
			Annotations: map[string]string{"prometheus.io/scrape": "true", "prometheus.io/port": "8080"},
			OwnerReferences: []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: set,
				UID: types.UID(fmt.Sprintf("%08x-5555-4666-8777-%012x", owner, owner)), Controller: pointer(true),
				BlockOwnerDeletion: pointer(true)}},
			ManagedFields: []metav1.ManagedFieldsEntry{
				managed("kube-controller-manager", "", `{"f:metadata":{"f:annotations":{".":{},"f:prometheus.io/port":{},"f:prometheus.io/scrape":{}},"f:generateName":{},"f:labels":{".":{},"f:app.kubernetes.io/name":{},"f:app.kubernetes.io/part-of":{},"f:pod-template-hash":{},"f:team":{}},"f:ownerReferences":{".":{},"k:{\"uid\":\"x\"}":{}}},"f:spec":{"f:containers":{"k:{\"name\":\"app\"}":{".":{},"f:args":{},"f:env":{".":{}},"f:image":{},"f:imagePullPolicy":{},"f:livenessProbe":{".":{},"f:failureThreshold":{},"f:httpGet":{".":{},"f:path":{},"f:port":{},"f:scheme":{}},"f:periodSeconds":{},"f:successThreshold":{},"f:timeoutSeconds":{}},"f:name":{},"f:ports":{},"f:readinessProbe":{},"f:resources":{".":{},"f:limits":{".":{},"f:cpu":{},"f:memory":{}},"f:requests":{".":{},"f:cpu":{},"f:memory":{}}},"f:volumeMounts":{}}},"f:dnsPolicy":{},"f:restartPolicy":{},"f:schedulerName":{},"f:securityContext":{},"f:volumes":{}}}`),
				managed("kubelet", "status", `{"f:status":{"f:conditions":{"k:{\"type\":\"ContainersReady\"}":{".":{},"f:lastTransitionTime":{},"f:status":{},"f:type":{}},"k:{\"type\":\"Initialized\"}":{},"k:{\"type\":\"Ready\"}":{}},"f:containerStatuses":{},"f:hostIP":{},"f:hostIPs":{},"f:phase":{},"f:podIP":{},"f:podIPs":{},"f:startTime":{}}}`)}},
		Spec: corev1.PodSpec{
			Volumes: []corev1.Volume{
				{Name: "config", VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
					LocalObjectReference: corev1.LocalObjectReference{Name: app}, DefaultMode: pointer(int32(420))}}},
				{Name: "kube-api-access", VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{
					DefaultMode: pointer(int32(420)), Sources: []corev1.VolumeProjection{{ServiceAccountToken: &corev1.ServiceAccountTokenProjection{
						ExpirationSeconds: pointer(int64(3607)), Path: "token"}}}}}}},
			Containers:    []corev1.Container{container("app", app+":1.4.2"), container("proxy", "mesh/proxy:2.1.0")},
			RestartPolicy: corev1.RestartPolicyAlways, TerminationGracePeriodSeconds: pointer(int64(30)),
			DNSPolicy: corev1.DNSClusterFirst, ServiceAccountName: app, NodeName: fmt.Sprintf("node-%04d", i%1000),
			SecurityContext: &corev1.PodSecurityContext{FSGroup: pointer(int64(1000))}, SchedulerName: "default-scheduler",
			Tolerations: []corev1.Toleration{
				{Key: "node.kubernetes.io/not-ready", Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute, TolerationSeconds: pointer(int64(300))},
				{Key: "node.kubernetes.io/unreachable", Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoExecute, TolerationSeconds: pointer(int64(300))}},
			Priority: pointer(int32(0)), EnableServiceLinks: pointer(true)},
		Status: corev1.PodStatus{
			Phase: corev1.PodRunning, StartTime: pointer(at(i % 86400)), QOSClass: corev1.PodQOSBurstable, HostIP: "10.0.0.1", PodIP: "10.1.2.3",
			PodIPs: []corev1.PodIP{{IP: "10.1.2.3"}}, HostIPs: []corev1.HostIP{{IP: "10.0.0.1"}},
			Conditions: []corev1.PodCondition{condition(corev1.PodReadyToStartContainers, i), condition(corev1.PodInitialized, i),
				condition(corev1.PodReady, i), condition(corev1.ContainersReady, i), condition(corev1.PodScheduled, i)},
			ContainerStatuses: []corev1.ContainerStatus{running("app", app+":1.4.2", i), running("proxy", "mesh/proxy:2.1.0", i)}}}
}

func pageOf(first, count int) *corev1.PodList {
	list := &corev1.PodList{ListMeta: metav1.ListMeta{ResourceVersion: "999999"}}
	for i := first; i < first+count; i++ {
		list.Items = append(list.Items, podOf(i))
	}
	return list
}
