// Marks the module's root only: each build takes the go.mod of one of the kubernetes* modules beside it (-modfile).
module kubectl-sts.dev/stand/controller

go 1.26.0
