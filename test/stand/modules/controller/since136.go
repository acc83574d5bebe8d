//go:build !kubernetes1.34 && !kubernetes1.35

package main

import (
	"context"

	apps "k8s.io/api/apps/v1"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// manager gives the controller its reads and writes of objects, with the methods since Kubernetes 1.36.
type manager struct{ *server }

func (m manager) CreatePod(_ context.Context, pod *v1.Pod, _ *apps.StatefulSet) error {
	return m.createPod(pod)
}

func (m manager) UpdatePod(pod *v1.Pod, _ *apps.StatefulSet) error { return m.updatePod(pod) }

func (m manager) CreateClaim(claim *v1.PersistentVolumeClaim, _ *apps.StatefulSet) error {
	return m.createClaim(claim)
}

func (m manager) UpdateClaim(claim *v1.PersistentVolumeClaim, _ *apps.StatefulSet) error {
	return m.updateClaim(claim)
}

func (r *revisions) ListControllerRevisions(metav1.Object, schema.GroupVersionKind, labels.Selector) ([]*apps.ControllerRevision, error) {
	return r.list(), nil
}
