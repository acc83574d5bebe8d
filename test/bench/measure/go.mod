module kubectl-sts/bench/measure

go 1.26
