// admission measures the Kubernetes Vertical Pod Autoscaler's own admission logic (its published Go module, default
// settings) on the AdmissionReviews of a file, one a line, and prints as JSON the microseconds of CPU that one review
// takes and how many pods were patched. Each review goes through AdmissionServer.Serve from bytes to bytes; TLS and the
// HTTP server are left out, and so is what its informers would do: owners and selectors are known at once.
package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"syscall"
	"time"

	autoscaling "k8s.io/api/autoscaling/v1"
	core "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	meta "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/client-go/tools/cache"

	"k8s.io/autoscaler/vertical-pod-autoscaler/pkg/admission-controller/logic"
	"k8s.io/autoscaler/vertical-pod-autoscaler/pkg/admission-controller/resource/pod"
	"k8s.io/autoscaler/vertical-pod-autoscaler/pkg/admission-controller/resource/pod/patch"
	"k8s.io/autoscaler/vertical-pod-autoscaler/pkg/admission-controller/resource/pod/recommendation"
	"k8s.io/autoscaler/vertical-pod-autoscaler/pkg/admission-controller/resource/vpa"
	types "k8s.io/autoscaler/vertical-pod-autoscaler/pkg/apis/autoscaling.k8s.io/v1"
	fetcher "k8s.io/autoscaler/vertical-pod-autoscaler/pkg/target/controller_fetcher"
	"k8s.io/autoscaler/vertical-pod-autoscaler/pkg/utils/limitrange"
	api "k8s.io/autoscaler/vertical-pod-autoscaler/pkg/utils/vpa"
)

const replicaSetSuffix = "-7d4b9c6f5d" // as integration/bench/webhook/reviews.cpp names them

type selectors map[string]labels.Selector // by namespace/name of the VPA's target

func (s selectors) Fetch(_ context.Context, v *types.VerticalPodAutoscaler) (labels.Selector, error) {
	return s[v.Namespace+"/"+v.Spec.TargetRef.Name], nil
}

type owners struct{}

func (owners) FindTopMostWellKnownOrScalable(_ context.Context, of *fetcher.ControllerKeyWithAPIVersion) (*fetcher.ControllerKeyWithAPIVersion, error) {
	return &fetcher.ControllerKeyWithAPIVersion{ApiVersion: "apps/v1", ControllerKey: fetcher.ControllerKey{
		Namespace: of.Namespace, Kind: "Deployment", Name: strings.TrimSuffix(of.Name, replicaSetSuffix)}}, nil
}

func amounts(cpu, memory string) core.ResourceList {
	return core.ResourceList{core.ResourceCPU: resource.MustParse(cpu), core.ResourceMemory: resource.MustParse(memory)}
}

func recommended(name, cpu, memory string) types.RecommendedContainerResources {
	return types.RecommendedContainerResources{ContainerName: name, Target: amounts(cpu, memory),
		LowerBound: amounts(cpu, memory), UpperBound: amounts(cpu, memory)}
}

// server knows a VerticalPodAutoscaler for each workload, with the recommendations that ours has.
func server(workloads int) *logic.AdmissionServer {
	indexer := cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{api.TargetRefIndex: api.TargetRefIndexFunc})
	known := selectors{}
	mode := types.UpdateModeRecreate
	for i := range workloads {
		ns, name := fmt.Sprintf("team-%03d", i/100), fmt.Sprintf("service-%05d", i)
		known[ns+"/"+name] = labels.SelectorFromSet(labels.Set{"app.kubernetes.io/name": name})
		err := indexer.Add(&types.VerticalPodAutoscaler{
			ObjectMeta: meta.ObjectMeta{Namespace: ns, Name: name},
			Spec: types.VerticalPodAutoscalerSpec{
				TargetRef:    &autoscaling.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: name},
				UpdatePolicy: &types.PodUpdatePolicy{UpdateMode: &mode}},
			Status: types.VerticalPodAutoscalerStatus{Recommendation: &types.RecommendedPodResources{
				ContainerRecommendations: []types.RecommendedContainerResources{
					recommended("app", fmt.Sprintf("%dm", 350+i%100), "700Mi"),
					recommended("metrics", "20m", "48Mi"), recommended("proxy", "60m", "96Mi")}}}})
		if err != nil {
			log.Fatal(err)
		}
	}
	limits := limitrange.NewNoopLimitsCalculator()
	provider := recommendation.NewProvider(limits, api.NewCappingRecommendationProcessor(limits))
	return logic.NewAdmissionServer(pod.NewDefaultPreProcessor(), vpa.NewDefaultPreProcessor(), limits,
		vpa.NewMatcher(indexer, known, owners{}),
		[]patch.Calculator{patch.NewResourceUpdatesCalculator(provider, resource.QuantityValue{}), patch.NewObservedContainersCalculator()})
}

func main() {
	if len(os.Args) != 3 {
		log.Fatal("usage: admission REVIEWS WORKLOADS   (a file of AdmissionReviews, one a line; how many workloads are known)")
	}
	workloads, err := strconv.Atoi(os.Args[2])
	if err != nil {
		log.Fatal("admission: WORKLOADS is no number: ", os.Args[2])
	}
	reviews, admission := read(os.Args[1]), server(workloads)
	patched := 0
	askAll := func() {
		for _, review := range reviews {
			request := httptest.NewRequest(http.MethodPost, "/?timeout=2s", bytes.NewReader(review))
			request.Header.Set("Content-Type", "application/json")
			answer := httptest.NewRecorder()
			admission.Serve(answer, request)
			if bytes.Contains(answer.Body.Bytes(), []byte(`"patch":`)) {
				patched++
			}
		}
	}
	askAll() // warm
	patched = 0
	rounds := max(1, 10000/len(reviews))
	start := cpuTime()
	for range rounds {
		askAll()
	}
	spent := cpuTime() - start
	asked := rounds * len(reviews)
	if patched != asked {
		log.Fatalf("admission: only %d of %d pods were patched", patched, asked)
	}
	json.NewEncoder(os.Stdout).Encode(map[string]float64{
		"microseconds": float64(spent.Nanoseconds()) / 1000 / float64(asked), "reviews": float64(asked)})
}

// cpuTime is what this process has used of the processors, the garbage collector's threads included.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		log.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func read(path string) (reviews [][]byte) {
	file, err := os.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	lines.Buffer(nil, 8<<20)
	for lines.Scan() {
		reviews = append(reviews, bytes.Clone(lines.Bytes()))
	}
	if err := lines.Err(); err != nil || len(reviews) == 0 {
		log.Fatalf("admission: %s: holds no reviews (%v)", path, err)
	}
	return reviews
}
