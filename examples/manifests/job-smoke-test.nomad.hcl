job "smoke-test" { namespace = "shop" }
