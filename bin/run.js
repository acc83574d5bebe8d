#!/usr/bin/env node
// Old syntax on purpose: an older Node must get as far as its one clear line.
var needed = 22;
if (parseInt(process.versions.node, 10) < needed) {
  process.stderr.write(`error: kubectl-sts needs Node ${needed} or later, this is ${process.version}\n`);
  process.exitCode = 2;
} else {
  import('../dist/kubectl-sts.cjs');
}
