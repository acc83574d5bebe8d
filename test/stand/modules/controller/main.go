// The judge tells what one sync of the StatefulSet controller does in a given state. It reads one state per line, as
// JSON, and writes one answer per line, in the same order. The controller is Kubernetes' own code; server.go plays the
// API server around it. test/judge/controller.ts explains the fields of states and answers.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/go-logr/logr"
	utilfeature "k8s.io/apiserver/pkg/util/feature"
	"k8s.io/client-go/util/retry"
	"k8s.io/klog/v2"
)

func main() {
	gates := flag.String("gates", "", "feature gates, NAME=true,…")
	flag.Parse()
	if err := utilfeature.DefaultMutableFeatureGate.Set(*gates); err != nil {
		fail(err)
	}
	klog.SetLogger(logr.Discard())
	retry.DefaultBackoff.Duration = time.Microsecond
	debug.SetGCPercent(400)
	if err := answerAll(os.Stdin, os.Stdout); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "error:", err)
	os.Exit(2)
}

// answerAll works on as many states at a time as there are processors.
func answerAll(states io.Reader, answers io.Writer) error {
	waiting := make(chan chan []byte, runtime.GOMAXPROCS(0))
	var read error
	go func() {
		defer close(waiting)
		lines := bufio.NewReader(states)
		for {
			line, err := lines.ReadBytes('\n')
			if len(line) > 0 {
				done := make(chan []byte, 1)
				waiting <- done
				go func() { done <- answerLine(line) }()
			}
			if err != nil {
				if !errors.Is(err, io.EOF) {
					read = err
				}
				return
			}
		}
	}()
	out := bufio.NewWriter(answers)
	for done := range waiting {
		out.Write(<-done)
		out.WriteByte('\n')
		if len(waiting) == 0 {
			if err := out.Flush(); err != nil {
				return err
			}
		}
	}
	return errors.Join(read, out.Flush())
}

// answerLine answers with the panic when the controller panics. A panic in a goroutine that the controller starts for a
// pod of a Parallel set still ends the program: only that goroutine could recover it.
func answerLine(line []byte) (answer []byte) {
	defer func() {
		if panicked := recover(); panicked != nil {
			answer, _ = json.Marshal(map[string]string{"panic": fmt.Sprintf("%v\n%s", panicked, debug.Stack())})
		}
	}()
	var given state
	if err := json.Unmarshal(line, &given); err != nil {
		panic(err)
	}
	answer, err := json.Marshal(syncOnce(&given))
	if err != nil {
		panic(err)
	}
	return answer
}
