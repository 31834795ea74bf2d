// vpa measures the Kubernetes Vertical Pod Autoscaler's own recommender (its published Go module, default settings) on
// the samples of a file, and prints the figures as JSON: nanoseconds to take a sample, nanoseconds to recommend for a
// container, bytes that a container's state occupies. A sample is one container's CPU and memory at one instant.
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"k8s.io/autoscaler/vertical-pod-autoscaler/pkg/recommender/logic"
	"k8s.io/autoscaler/vertical-pod-autoscaler/pkg/recommender/model"
)

const first = 1767571200 // 2026-01-05 00:00 UTC

type sample struct{ Cores, Bytes float32 }

type container struct {
	name      string
	aggregate *model.AggregateContainerState
	state     *model.ContainerState
}

func (c *container) take(at time.Time, s sample) {
	c.state.AddSample(&model.ContainerUsageSample{
		MeasureStart: at, Usage: model.CPUAmountFromCores(float64(s.Cores)), Resource: model.ResourceCPU})
	c.state.AddSample(&model.ContainerUsageSample{
		MeasureStart: at, Usage: model.MemoryAmountFromBytes(float64(s.Bytes)), Resource: model.ResourceMemory})
}

func main() {
	if len(os.Args) != 6 {
		log.Fatal("usage: vpa SAMPLES CONTAINERS WARM SECONDS DECISIONS   (WARM samples and DECISIONS are five minutes apart, the other samples SECONDS)")
	}
	count, warm, seconds, decisions := number(os.Args[2]), number(os.Args[3]), number(os.Args[4]), number(os.Args[5])
	samples := read(os.Args[1])
	length, step := len(samples)/count, 300/seconds
	split := length - decisions*step
	if len(samples)%count != 0 || split <= warm {
		log.Fatalf("vpa: %s: does not hold enough samples of %d containers", os.Args[1], count)
	}
	model.InitializeAggregationsConfig(model.NewAggregationsConfig(
		model.DefaultMemoryAggregationInterval, model.DefaultMemoryAggregationIntervalCount,
		model.DefaultMemoryHistogramDecayHalfLife, model.DefaultCPUHistogramDecayHalfLife,
		model.DefaultOOMBumpUpRatio, model.DefaultOOMMinBumpUp))
	recommender := logic.CreatePodResourceRecommender(logic.RecommendationConfig{
		SafetyMarginFraction: 0.15, PodMinCPUMillicores: 25, PodMinMemoryMb: 250,
		TargetCPUPercentile: 0.9, LowerBoundCPUPercentile: 0.5, UpperBoundCPUPercentile: 0.95,
		ConfidenceIntervalCPU:  24 * time.Hour,
		TargetMemoryPercentile: 0.9, LowerBoundMemoryPercentile: 0.5, UpperBoundMemoryPercentile: 0.95,
		ConfidenceIntervalMemory: 24 * time.Hour,
	})
	containers := make([]*container, count)
	for i := range containers {
		containers[i] = &container{name: fmt.Sprintf("c%05d", i)}
	}
	takeAll := func(at int) {
		before := min(at, warm)
		when := time.Unix(first+int64(before*300+(at-before)*seconds), 0)
		for i, c := range containers {
			c.take(when, samples[at*count+i])
		}
	}
	before := heap()
	for _, c := range containers {
		c.aggregate = model.NewAggregateContainerState()
		c.state = model.NewContainerState(model.Resources{}, c.aggregate)
	}
	for at := 0; at < warm; at++ {
		takeAll(at)
	}
	start := cpuTime()
	for at := warm; at < split; at++ {
		takeAll(at)
	}
	ingest := cpuTime() - start
	state := heap() - before

	var recommend time.Duration
	targets := 0.0
	for at := split; at < length; at += step {
		for i := at; i < at+step; i++ {
			takeAll(i)
		}
		start = cpuTime()
		for _, c := range containers {
			r := recommender.GetRecommendedPodResources(
				model.ContainerNameToAggregateStateMap{c.name: c.aggregate})
			targets += float64(r[c.name].Target[model.ResourceCPU])
		}
		recommend += cpuTime() - start
	}
	n := float64(count)
	json.NewEncoder(os.Stdout).Encode(map[string]float64{
		"ingest_ns":        float64(ingest.Nanoseconds()) / (n * float64(split-warm)),
		"recommend_ns":     float64(recommend.Nanoseconds()) / (n * float64(decisions)),
		"state_bytes":      float64(state) / n, // the aggregate and the ContainerState of one pod
		"with_pod_bytes":   float64(state) / n,
		"mean_target_mcpu": targets / (n * float64(decisions)),
	})
}

// cpuTime is what this process has used of the processors, the garbage collector's threads included.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		log.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// heap gives the bytes of all live objects.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		log.Fatalf("vpa: %q is no whole number above 0", text)
	}
	return n
}

// read takes all samples: pairs of little-endian float32, by time, then by container.
func read(path string) []sample {
	f, err := os.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		log.Fatal(err)
	}
	samples := make([]sample, info.Size()/8)
	if err := binary.Read(bufio.NewReaderSize(f, 1<<20), binary.LittleEndian, samples); err != nil {
		log.Fatalf("%s: %v", path, err)
	}
	return samples
}
