// Go accepts isMemberOf of sync.go, a function without a body, only beside an assembly file.
