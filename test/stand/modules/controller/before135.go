//go:build kubernetes1.34

package main

import (
	"context"
	"time"

	apps "k8s.io/api/apps/v1"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/kubernetes/pkg/controller/statefulset"
)

// update is UpdateStatefulSet at a given time. Before Kubernetes 1.35 the controller reads the clock itself, so the given
// state is moved to the present. The controller compares only the times of conditions with the clock.
func update(ctx context.Context, control statefulset.StatefulSetControlInterface, set *apps.StatefulSet, pods []*v1.Pod, now metav1.Time) error {
	passed := time.Since(now.Time)
	for _, pod := range pods {
		for i := range pod.Status.Conditions {
			if at := &pod.Status.Conditions[i].LastTransitionTime; !at.IsZero() {
				at.Time = at.Add(passed)
			}
		}
	}
	_, err := control.UpdateStatefulSet(ctx, set, pods)
	return err
}
