//go:build tools

// Package tools pins what the stand builds of KWOK: the fake kubelets, and what starts a cluster of them.
package tools

import (
	_ "sigs.k8s.io/kwok/cmd/kwok"
	_ "sigs.k8s.io/kwok/cmd/kwokctl"
)
