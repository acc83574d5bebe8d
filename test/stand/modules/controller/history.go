package main

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/go-logr/logr"
	apps "k8s.io/api/apps/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/klog/v2"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
)

// revisions is the history of one set, in memory. A new ControllerRevision gets the next of the given names.
type revisions struct {
	names []revision
	kept  []*apps.ControllerRevision
}

// pastRevisions lets the controller create the revisions of all templates but the last. The last template is the set's
// own: the sync creates its revision, and goes on as if it had found it.
func pastRevisions(given *state) *revisions {
	made := &revisions{names: given.Revisions}
	ctx := klog.NewContext(context.Background(), logr.Discard())
	aside := newControl(newServer(&state{}), made)
	for i := range len(given.Revisions) - 1 {
		set := given.Set.DeepCopy()
		set.DeletionTimestamp = nil
		set.Spec.Replicas = new(int32)
		set.Spec.UpdateStrategy = apps.StatefulSetUpdateStrategy{Type: apps.OnDeleteStatefulSetStrategyType}
		set.Spec.Template = given.Revisions[i].Template
		legacyscheme.Scheme.Default(set)
		if err := update(ctx, aside, set, nil, given.Now); err != nil {
			panic(err)
		}
		if len(made.kept) != i+1 {
			panic(fmt.Sprintf("the template of revision %s is that of an earlier one", given.Revisions[i].Name))
		}
	}
	return made
}

func (r *revisions) CreateControllerRevision(_ metav1.Object, made *apps.ControllerRevision, _ *int32) (*apps.ControllerRevision, error) {
	if len(r.kept) == len(r.names) {
		panic("the set's template is not that of the last revision")
	}
	made = made.DeepCopy()
	made.Name = r.names[len(r.kept)].Name
	made.ResourceVersion = strconv.Itoa(len(r.kept) + 1)
	r.kept = append(r.kept, made)
	return made, nil
}

// DeleteControllerRevision keeps the revision: the answer does not tell of the history.
func (r *revisions) DeleteControllerRevision(*apps.ControllerRevision) error { return nil }

func (r *revisions) UpdateControllerRevision(old *apps.ControllerRevision, _ int64) (*apps.ControllerRevision, error) {
	panic("the set's template is that of the older revision " + old.Name)
}

func (r *revisions) AdoptControllerRevision(metav1.Object, schema.GroupVersionKind, *apps.ControllerRevision) (*apps.ControllerRevision, error) {
	panic("no revision is an orphan")
}

func (r *revisions) ReleaseControllerRevision(metav1.Object, *apps.ControllerRevision) (*apps.ControllerRevision, error) {
	panic("no revision is released")
}

func (r *revisions) list() []*apps.ControllerRevision { return slices.Clone(r.kept) }
