//go:build tools

// Package tools pins krew, which the packaging tests install the plugin with.
package tools

import (
	_ "sigs.k8s.io/krew/cmd/krew"
	_ "sigs.k8s.io/krew/cmd/validate-krew-manifest"
)
