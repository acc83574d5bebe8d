// Command coredns is CoreDNS with only the plugins that answer for a cluster domain. It has no `forward`:
// the stand's server never asks another one.
package main

import (
	"github.com/coredns/coredns/core/dnsserver"
	"github.com/coredns/coredns/coremain"

	_ "github.com/coredns/coredns/plugin/bind"
	_ "github.com/coredns/coredns/plugin/cache"
	_ "github.com/coredns/coredns/plugin/errors"
	_ "github.com/coredns/coredns/plugin/health"
	_ "github.com/coredns/coredns/plugin/kubernetes"
	_ "github.com/coredns/coredns/plugin/log"
	_ "github.com/coredns/coredns/plugin/ready"
	_ "github.com/coredns/coredns/plugin/reload"
)

func main() {
	// The order of directives is the order in which a query passes the plugins.
	dnsserver.Directives = []string{"bind", "reload", "health", "ready", "errors", "log", "cache", "kubernetes"}
	coremain.Run()
}
