//go:build tools

// Pins what is built from this module besides main.go: helm and kwok, against the same libraries, so that these compile
// once.
package main

import (
	_ "helm.sh/helm/v3/cmd/helm"
	_ "sigs.k8s.io/kwok/cmd/kwok"
)
