// Runs a command to its end and prints what it took, as JSON: {"seconds":0.03,"bytes":46137344,"code":0}.
//
// It is small because the memory of whoever starts a process counts into that process's peak (Linux keeps the mark
// across exec): started by Node, nothing could take less than Node.
package main

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

type result struct {
	Seconds float64 `json:"seconds"`
	Bytes   int64   `json:"bytes"`
	Code    int     `json:"code"`
}

func main() {
	command := exec.Command(os.Args[1], os.Args[2:]...)
	command.Stderr = os.Stderr
	start := time.Now()
	err := command.Run()
	took := time.Since(start)
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
	peak := int64(command.ProcessState.SysUsage().(*syscall.Rusage).Maxrss)
	if runtime.GOOS != "darwin" {
		peak *= 1024 // getrusage(2): kilobytes on Linux, bytes on macOS
	}
	json.NewEncoder(os.Stdout).Encode(result{took.Seconds(), peak, command.ProcessState.ExitCode()})
}
