// Runs a command to its end and prints what it took, as JSON:
//
//	{"seconds":0.03,"processor":0.04,"bytes":46137344,"private":31457280,"code":0}
//
// It is small because the memory of whoever starts a process counts into that process's peak (Linux keeps the mark
// across exec): started by Node, nothing could take less than Node.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

type result struct {
	Seconds   float64 `json:"seconds"`
	Processor float64 `json:"processor"`
	Bytes     int64   `json:"bytes"`
	Private   int64   `json:"private"`
	Code      int     `json:"code"`
}

func main() {
	command := exec.Command(os.Args[1], os.Args[2:]...)
	command.Stderr = os.Stderr
	start := time.Now()
	if err := command.Start(); err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
	ended, private := make(chan struct{}), make(chan int64)
	go watch(command.Process.Pid, ended, private)
	err := command.Wait()
	took := time.Since(start)
	close(ended)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
	state := command.ProcessState
	peak := int64(state.SysUsage().(*syscall.Rusage).Maxrss)
	if runtime.GOOS != "darwin" {
		peak *= 1024 // getrusage(2): kilobytes on Linux, bytes on macOS
	}
	processor := state.UserTime() + state.SystemTime()
	json.NewEncoder(os.Stdout).Encode(result{took.Seconds(), processor.Seconds(), peak, <-private, state.ExitCode()})
}

// watch sends the most memory that the process had for itself, seen each millisecond: what it shares with others, as
// the pages of its executable, is not its own. 0 where there is no /proc.
func watch(pid int, ended chan struct{}, private chan int64) {
	file := fmt.Sprintf("/proc/%d/statm", pid)
	var most int64
	for {
		select {
		case <-ended:
			private <- most * int64(os.Getpagesize())
			return
		case <-time.After(time.Millisecond):
			var size, resident, shared int64
			text, _ := os.ReadFile(file)
			if _, err := fmt.Sscan(string(text), &size, &resident, &shared); err == nil {
				most = max(most, resident-shared)
			}
		}
	}
}
