//go:build !kubernetes1.34

package main

import (
	"context"

	apps "k8s.io/api/apps/v1"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/kubernetes/pkg/controller/statefulset"
)

// update is UpdateStatefulSet at a given time, an argument since Kubernetes 1.35.
func update(ctx context.Context, control statefulset.StatefulSetControlInterface, set *apps.StatefulSet, pods []*v1.Pod, now metav1.Time) error {
	_, err := control.UpdateStatefulSet(ctx, set, pods, now.Time)
	return err
}
