//go:build kubernetes1.34 || kubernetes1.35

package main

import (
	"context"

	apps "k8s.io/api/apps/v1"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// manager gives the controller its reads and writes of objects, with the methods before Kubernetes 1.36.
type manager struct{ *server }

func (m manager) CreatePod(_ context.Context, pod *v1.Pod) error    { return m.createPod(pod) }
func (m manager) UpdatePod(pod *v1.Pod) error                       { return m.updatePod(pod) }
func (m manager) CreateClaim(claim *v1.PersistentVolumeClaim) error { return m.createClaim(claim) }
func (m manager) UpdateClaim(claim *v1.PersistentVolumeClaim) error { return m.updateClaim(claim) }

func (r *revisions) ListControllerRevisions(metav1.Object, labels.Selector) ([]*apps.ControllerRevision, error) {
	return r.list(), nil
}
