package main

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"

	apps "k8s.io/api/apps/v1"
	v1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	metavalidation "k8s.io/apimachinery/pkg/apis/meta/v1/validation"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/kubernetes/pkg/controller"
)

// act is something that the controller asked the API server for.
type act struct {
	Act      string            `json:"act"`
	Name     string            `json:"name"`
	Refused  string            `json:"refused,omitempty"`
	Revision string            `json:"revision,omitempty"`
	Volumes  map[string]string `json:"volumes,omitzero"`
	Owners   []owner           `json:"owners,omitzero"`
	Why      string            `json:"why,omitempty"`
}

type owner struct {
	Kind       string    `json:"kind"`
	Name       string    `json:"name"`
	UID        types.UID `json:"uid"`
	Controller bool      `json:"controller"`
}

// server is the API server as one sync sees it. Reads show the given state all the time, as the controller's caches do.
// Writes are checked against the state and noted in the answer.
type server struct {
	pods   map[string]*v1.Pod
	claims map[string]*v1.PersistentVolumeClaim

	lock   sync.Mutex
	made   map[string]bool // pods and claims of this sync
	answer answer
}

func newServer(given *state) *server {
	s := &server{
		pods:   map[string]*v1.Pod{},
		claims: map[string]*v1.PersistentVolumeClaim{},
		made:   map[string]bool{},
		answer: answer{Acts: []act{}, Log: []logLine{}},
	}
	for _, pod := range given.Pods {
		s.pods[pod.Name] = pod
	}
	for _, claim := range given.Claims {
		s.claims[claim.Name] = claim
	}
	return s
}

// note adds an act to the answer. It returns the refusal.
func (s *server) note(done act, refused *apierrors.StatusError) error {
	if refused == nil {
		s.answer.Acts = append(s.answer.Acts, done)
		return nil
	}
	s.answer.Acts = append(s.answer.Acts, act{Act: done.Act, Name: done.Name, Refused: string(refused.ErrStatus.Reason)})
	return refused
}

func (s *server) createPod(pod *v1.Pod) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	volumes := map[string]string{}
	for _, volume := range pod.Spec.Volumes {
		if volume.PersistentVolumeClaim != nil {
			volumes[volume.Name] = volume.PersistentVolumeClaim.ClaimName
		}
	}
	done := act{Act: "createPod", Name: pod.Name, Revision: pod.Labels[apps.StatefulSetRevisionLabel], Volumes: volumes}
	refused := invalid(pods, pod)
	if refused == nil {
		refused = s.taken(pods, pod.Name, s.pods[pod.Name] != nil)
	}
	return s.note(done, refused)
}

func (s *server) updatePod(pod *v1.Pod) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	given, made := s.pods[pod.Name], s.made[pods.name+"/"+pod.Name]
	refused := invalid(pods, pod)
	switch {
	case given == nil && made:
		// The stored pod has a volume for its service account's token by now, and the controller's copy has none.
		refused = newInvalid(pods, pod.Name)
	case given == nil:
		refused = apierrors.NewNotFound(v1.Resource(pods.name), pod.Name)
	case given.UID != pod.UID:
		refused = apierrors.NewConflict(v1.Resource(pods.name), pod.Name, nil)
	case !equality.Semantic.DeepEqual(given.Spec.Volumes, pod.Spec.Volumes):
		refused = newInvalid(pods, pod.Name)
	}
	return s.note(act{Act: "updatePod", Name: pod.Name}, refused)
}

func (s *server) DeletePod(pod *v1.Pod) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	var refused *apierrors.StatusError
	if s.pods[pod.Name] == nil {
		refused = apierrors.NewNotFound(v1.Resource(pods.name), pod.Name)
	}
	return s.note(act{Act: "deletePod", Name: pod.Name, Why: whyDeleted(s.answer.Log, pod.Name)}, refused)
}

func (s *server) createClaim(claim *v1.PersistentVolumeClaim) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	refused := invalid(claims, claim)
	if refused == nil {
		refused = s.taken(claims, claim.Name, s.claims[claim.Name] != nil)
	}
	return s.note(act{Act: "createClaim", Name: claim.Name}, refused)
}

func (s *server) updateClaim(claim *v1.PersistentVolumeClaim) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	owners := []owner{}
	for _, ref := range claim.OwnerReferences {
		owners = append(owners, owner{ref.Kind, ref.Name, ref.UID, ref.Controller != nil && *ref.Controller})
	}
	slices.SortFunc(owners, func(a, b owner) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Name, b.Name), cmp.Compare(a.UID, b.UID))
	})
	return s.note(act{Act: "updateClaim", Name: claim.Name, Owners: owners}, invalid(claims, claim))
}

func (s *server) UpdateStatefulSetStatus(_ context.Context, _ *apps.StatefulSet, status *apps.StatefulSetStatus) error {
	s.answer.Status = status
	return nil
}

type resource struct{ name, kind string }

var (
	pods   = resource{"pods", "Pod"}
	claims = resource{"persistentvolumeclaims", "PersistentVolumeClaim"}
)

// taken refuses a name that is taken, and takes it otherwise.
func (s *server) taken(of resource, name string, given bool) *apierrors.StatusError {
	if given || s.made[of.name+"/"+name] {
		return apierrors.NewAlreadyExists(v1.Resource(of.name), name)
	}
	s.made[of.name+"/"+name] = true
	return nil
}

// invalid refuses the names, labels and owners that the API server refuses.
func invalid(of resource, object metav1.Object) *apierrors.StatusError {
	wrong := validation.IsDNS1123Subdomain(object.GetName())
	if pod, ok := object.(*v1.Pod); ok {
		for _, name := range []string{pod.Spec.Hostname, pod.Spec.Subdomain} {
			if name != "" {
				wrong = append(wrong, validation.IsDNS1123Label(name)...)
			}
		}
	}
	faults := metavalidation.ValidateLabels(object.GetLabels(), nil)
	faults = append(faults, apivalidation.ValidateOwnerReferences(object.GetOwnerReferences(), nil)...)
	if len(wrong)+len(faults) > 0 {
		return newInvalid(of, object.GetName())
	}
	return nil
}

func newInvalid(of resource, name string) *apierrors.StatusError {
	return apierrors.NewInvalid(v1.SchemeGroupVersion.WithKind(of.kind).GroupKind(), name, nil)
}

// patches notes adoptions and releases, the only requests of a PodControllerRefManager.
type patches struct {
	controller.PodControlInterface
	server *server
}

func (p patches) PatchPod(_ context.Context, _, name string, patch []byte) error {
	done := "adopt"
	if strings.Contains(string(patch), `"$patch":"delete"`) {
		done = "release"
	}
	return p.server.note(act{Act: done, Name: name}, nil)
}

func (s *server) GetPod(_, name string) (*v1.Pod, error) {
	if pod := s.pods[name]; pod != nil {
		return pod, nil
	}
	return nil, apierrors.NewNotFound(v1.Resource(pods.name), name)
}

func (s *server) GetClaim(_, name string) (*v1.PersistentVolumeClaim, error) {
	if claim := s.claims[name]; claim != nil {
		return claim, nil
	}
	return nil, apierrors.NewNotFound(v1.Resource(claims.name), name)
}
