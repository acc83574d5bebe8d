// Marks the root alone: each build takes the go.mod of one kubernetes* module beside this one (-modfile).
module kubectl-sts.dev/stand/controller

go 1.26.0
