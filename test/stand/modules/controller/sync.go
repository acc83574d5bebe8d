package main

import (
	"context"
	_ "unsafe" // for go:linkname

	"github.com/go-logr/logr"
	apps "k8s.io/api/apps/v1"
	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/tools/record"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/apis/apps/install"
	_ "k8s.io/kubernetes/pkg/apis/core/install"
	"k8s.io/kubernetes/pkg/controller"
	"k8s.io/kubernetes/pkg/controller/statefulset"
)

type state struct {
	Set       *apps.StatefulSet           `json:"set"`
	Revisions []revision                  `json:"revisions"`
	Pods      []*v1.Pod                   `json:"pods"`
	Claims    []*v1.PersistentVolumeClaim `json:"claims"`
	Now       metav1.Time                 `json:"now"`
}

type revision struct {
	Name     string             `json:"name"`
	Template v1.PodTemplateSpec `json:"template"`
}

type answer struct {
	Acts   []act                   `json:"acts"`
	Error  string                  `json:"error,omitempty"`
	Log    []logLine               `json:"log"`
	Status *apps.StatefulSetStatus `json:"status"`
}

// syncOnce does what sync in stateful_set.go does after it has found the set.
func syncOnce(given *state) *answer {
	legacyscheme.Scheme.Default(given.Set)
	revisions := pastRevisions(given)
	server := newServer(given)
	ctx := klog.NewContext(context.Background(), logr.New(&logSink{server}))
	err := claimAndUpdate(ctx, given, server, revisions)
	if err != nil {
		server.answer.Error = err.Error()
	}
	return &server.answer
}

func claimAndUpdate(ctx context.Context, given *state, server *server, revisions *revisions) error {
	set := given.Set
	selector, err := metav1.LabelSelectorAsSelector(set.Spec.Selector)
	if err != nil {
		return nil // The controller does not retry either.
	}
	manager := controller.NewPodControllerRefManager(patches{server: server}, set, selector, setKind, nil)
	members := func(pod *v1.Pod) bool { return isMemberOf(set, pod) }
	pods, err := manager.ClaimPods(ctx, ownedAndOrphans(given), members)
	if err != nil {
		return err
	}
	return update(ctx, newControl(server, revisions), set, pods, given.Now)
}

var setKind = apps.SchemeGroupVersion.WithKind("StatefulSet")

//go:linkname isMemberOf k8s.io/kubernetes/pkg/controller/statefulset.isMemberOf
func isMemberOf(set *apps.StatefulSet, pod *v1.Pod) bool

// ownedAndOrphans returns the pods that the controller's FilterPodsByOwner finds in its index.
func ownedAndOrphans(given *state) []*v1.Pod {
	var pods []*v1.Pod
	for _, owner := range []*metav1.OwnerReference{metav1.NewControllerRef(given.Set, setKind), nil} {
		key := controller.PodControllerIndexKey(given.Set.Namespace, owner)
		for _, pod := range given.Pods {
			if controller.PodControllerIndexKey(pod.Namespace, metav1.GetControllerOf(pod)) == key {
				pods = append(pods, pod)
			}
		}
	}
	return pods
}

func newControl(server *server, revisions *revisions) statefulset.StatefulSetControlInterface {
	pods := statefulset.NewStatefulPodControlFromManager(manager{server}, &record.FakeRecorder{})
	return statefulset.NewDefaultStatefulSetControl(pods, server, revisions)
}
