#!/usr/bin/env node
// The syntax is old, so that an old Node can print this message.
var needed = 22;
if (parseInt(process.versions.node, 10) < needed) {
  process.stderr.write(`error: kubectl-sts needs Node ${needed} or later, this is ${process.version}\n`);
  process.exitCode = 2;
} else {
  import('../dist/kubectl-sts.cjs');
}
