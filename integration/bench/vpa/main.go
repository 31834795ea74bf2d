// vpa measures the Kubernetes Vertical Pod Autoscaler's own recommender (its published Go module, default settings) on
// the samples of a file, and prints the figures as JSON: nanoseconds to take a sample, nanoseconds to recommend for a
// container, bytes that a container's state occupies. A sample is one container's CPU and memory at one instant.
package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
	"runtime"
	"strconv"
	"time"

	"k8s.io/autoscaler/vertical-pod-autoscaler/pkg/recommender/logic"
	"k8s.io/autoscaler/vertical-pod-autoscaler/pkg/recommender/model"
)

type sample struct {
	at          int64
	cores, size float64
}

type container struct {
	name      string
	aggregate *model.AggregateContainerState
	state     *model.ContainerState
	samples   []sample
}

func (c *container) take(s sample) {
	at := time.Unix(s.at, 0)
	c.state.AddSample(&model.ContainerUsageSample{
		MeasureStart: at, Usage: model.CPUAmountFromCores(s.cores), Resource: model.ResourceCPU})
	c.state.AddSample(&model.ContainerUsageSample{
		MeasureStart: at, Usage: model.MemoryAmountFromBytes(s.size), Resource: model.ResourceMemory})
}

func main() {
	if len(os.Args) != 4 {
		log.Fatal("usage: vpa SAMPLES.csv ROUNDS STEP   (recommends ROUNDS times, STEP samples apart)")
	}
	rounds, _ := strconv.Atoi(os.Args[2])
	step, _ := strconv.Atoi(os.Args[3])
	if rounds < 1 || step < 1 {
		log.Fatal("vpa: ROUNDS and STEP must be at least 1")
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
	containers := read(os.Args[1])
	for _, c := range containers {
		if len(c.samples) != len(containers[0].samples) || len(c.samples) <= rounds*step {
			log.Fatalf("vpa: %s: series of equal length, above ROUNDS × STEP, are needed", os.Args[1])
		}
	}

	before := heap()
	for _, c := range containers {
		c.aggregate = model.NewAggregateContainerState()
		c.state = model.NewContainerState(model.Resources{}, c.aggregate)
	}
	length := len(containers[0].samples)
	split := length - rounds*step
	start := time.Now()
	for i := 0; i < split; i++ {
		for _, c := range containers {
			c.take(c.samples[i])
		}
	}
	ingest := time.Since(start)
	state := heap() - before
	for _, c := range containers {
		c.state = nil
	}
	aggregate := heap() - before
	for _, c := range containers {
		c.state = model.NewContainerState(model.Resources{}, c.aggregate)
	}

	var recommend time.Duration
	targets := 0.0
	for at := split; at < length; at += step {
		for i := at; i < at+step; i++ {
			for _, c := range containers {
				c.take(c.samples[i])
			}
		}
		start = time.Now()
		for _, c := range containers {
			r := recommender.GetRecommendedPodResources(
				model.ContainerNameToAggregateStateMap{c.name: c.aggregate})
			targets += float64(r[c.name].Target[model.ResourceCPU])
		}
		recommend += time.Since(start)
	}
	n := float64(len(containers))
	json.NewEncoder(os.Stdout).Encode(map[string]float64{
		"ingest_ns":        float64(ingest.Nanoseconds()) / (n * float64(split)),
		"recommend_ns":     float64(recommend.Nanoseconds()) / (n * float64(rounds)),
		"state_bytes":      float64(aggregate) / n,
		"with_pod_bytes":   float64(state) / n,
		"mean_target_mcpu": targets / (n * float64(rounds)),
	})
}

// heap gives the bytes of all live objects.
func heap() int64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

func read(path string) []*container {
	f, err := os.Open(path)
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	rows := csv.NewReader(bufio.NewReaderSize(f, 1<<20))
	rows.ReuseRecord = true
	if _, err := rows.Read(); err != nil {
		log.Fatalf("%s: %v", path, err)
	}
	var all []*container
	for {
		row, err := rows.Read()
		if err == io.EOF {
			return all
		}
		if err != nil {
			log.Fatalf("%s: %v", path, err)
		}
		if len(all) == 0 || all[len(all)-1].name != row[0] {
			all = append(all, &container{name: fmt.Sprint(row[0])})
		}
		at, e1 := strconv.ParseInt(row[1], 10, 64)
		cores, e2 := strconv.ParseFloat(row[2], 64)
		size, e3 := strconv.ParseFloat(row[3], 64)
		if e1 != nil || e2 != nil || e3 != nil {
			log.Fatalf("%s: %v", path, row)
		}
		c := all[len(all)-1]
		c.samples = append(c.samples, sample{at, cores, size})
	}
}
