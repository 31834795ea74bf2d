// pods makes what the Kubernetes client is measured and tested with, by Kubernetes' own encoders:
//
//	pods write FILE PODS PAGE      pages of a PodList in Protobuf, each after its length (4 bytes, big endian)
//	pods measure FILE              client-go's decoding of such a file into a cache of *v1.Pod: JSON on standard output
//	pods fixtures FOLDER           objects of each kind in both encodings, for the decoder's tests
package main

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/tools/cache"
)

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "pods:", err)
		os.Exit(1)
	}
}

func number(text string) int {
	out, err := strconv.Atoi(text)
	must(err)
	return out
}

func write(path string, pods, page int) {
	file, err := os.Create(path)
	must(err)
	for first := 0; first < pods; first += page {
		bytes := encoded(pageOf(first, min(page, pods-first)), "v1", "PodList")
		must(binary.Write(file, binary.BigEndian, uint32(len(bytes))))
		_, err = file.Write(bytes)
		must(err)
	}
	must(file.Close())
}

func cpuSeconds() float64 {
	var used syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	seconds := func(span syscall.Timeval) float64 { return float64(span.Sec) + float64(span.Usec)/1e6 }
	return seconds(used.Utime) + seconds(used.Stime)
}

func heap() uint64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// As an informer does it: decode the page, hold a pointer to each pod in a thread-safe store with the namespace index.
func measure(path string) {
	decoder := protobuf.NewSerializer(scheme.Scheme, scheme.Scheme)
	store := cache.NewIndexer(cache.MetaNamespaceKeyFunc, cache.Indexers{cache.NamespaceIndex: cache.MetaNamespaceIndexFunc})
	before := heap()
	file, err := os.Open(path)
	must(err)
	var spent float64
	var decoded float64
	for {
		var size uint32
		if err := binary.Read(file, binary.BigEndian, &size); err == io.EOF {
			break
		} else {
			must(err)
		}
		bytes := make([]byte, size)
		_, err = io.ReadFull(file, bytes)
		must(err)
		begin := cpuSeconds()
		object, _, err := decoder.Decode(bytes, nil, nil)
		must(err)
		decoded += cpuSeconds() - begin
		list := object.(*corev1.PodList)
		for i := range list.Items {
			pod := list.Items[i] // a copy of its own, as ExtractList makes one: the page's slice may go
			must(store.Add(&pod))
		}
		spent += cpuSeconds() - begin
	}
	must(file.Close())
	held := heap() - before
	pods := float64(len(store.List()))
	runtime.KeepAlive(store)
	must(json.NewEncoder(os.Stdout).Encode(map[string]float64{"pods": pods, "bytes": float64(held) / pods,
		"decode_ns": decoded * 1e9 / pods, "decode_and_cache_ns": spent * 1e9 / pods}))
}

func main() {
	arguments := os.Args[1:]
	switch {
	case len(arguments) == 4 && arguments[0] == "write":
		write(arguments[1], number(arguments[2]), number(arguments[3]))
	case len(arguments) == 2 && arguments[0] == "measure":
		measure(arguments[1])
	case len(arguments) == 2 && arguments[0] == "fixtures":
		must(os.MkdirAll(arguments[1], 0o755))
		for name, bytes := range fixtures() {
			must(os.WriteFile(filepath.Join(arguments[1], name), bytes, 0o644))
		}
	default:
		fmt.Fprintln(os.Stderr, "usage: pods write FILE PODS PAGE | pods measure FILE | pods fixtures FOLDER")
		os.Exit(2)
	}
}
