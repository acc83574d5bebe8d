package main

import (
	"slices"

	"github.com/go-logr/logr"
	"k8s.io/klog/v2"
)

type logLine struct {
	Message string `json:"message"`
	Pod     string `json:"pod,omitempty"`
}

// logSink puts into the answer what the controller logs up to V(4).
type logSink struct{ server *server }

func (s *logSink) Init(logr.RuntimeInfo)          {}
func (s *logSink) Enabled(level int) bool         { return level <= 4 }
func (s *logSink) WithValues(...any) logr.LogSink { return s }
func (s *logSink) WithName(string) logr.LogSink   { return s }
func (s *logSink) Error(_ error, message string, values ...any) {
	s.Info(0, message, values...)
}

func (s *logSink) Info(_ int, message string, values ...any) {
	line := logLine{Message: message}
	if at := slices.Index(values, any("pod")); at >= 0 && at+1 < len(values) {
		if pod, ok := values[at+1].(klog.ObjectRef); ok {
			line.Pod = pod.Name
		}
	}
	s.server.lock.Lock()
	defer s.server.lock.Unlock()
	s.server.answer.Log = append(s.server.answer.Log, line)
}

// reasons has the lines that the controller logs right before it deletes a pod.
var reasons = map[string]string{
	"Pod of StatefulSet is terminating for scale down":   "scale-down",
	"Pod of StatefulSet is terminating for update":       "update",
	"StatefulSet terminating Pod for update":             "update",
	"StatefulSet terminating unavailable Pod for update": "update",
	"Recreate: deleting old revision pod":                "recreate",
}

// whyDeleted goes by the pod's last line, since the pods of a Parallel set log side by side. Without such a line the
// controller deletes the pod because it is in phase Failed or Succeeded.
func whyDeleted(log []logLine, pod string) string {
	for _, line := range slices.Backward(log) {
		if line.Pod == pod {
			if reason, ok := reasons[line.Message]; ok {
				return reason
			}
			break
		}
	}
	return "ended"
}
