module shop/probe

go 1.26.0
