# The storefront: two groups, rolled out as canaries, found through Consul.
job "storefront" {
  namespace   = "shop"
  region      = "global"
  datacenters = ["dc1", "dc2"]
  type        = "service"
  priority    = 70

  meta {
    owner     = "shop team"
    namespace = "not the job's"
  }

  update {
    max_parallel     = 1
    canary           = 1
    min_healthy_time = "20s"
    auto_revert      = true
  }

  constraint {
    attribute = "${attr.kernel.name}"
    value     = "linux"
  }

  group "web" {
    count = 3

    spread { attribute = "${node.datacenter}" }

    network {
      mode = "bridge"
      port "http" { to = 8080 }
    }

    service {
      name = "storefront-web"
      port = "http"
      tags = ["urlprefix-/", "version-${NOMAD_META_VERSION}"]

      check {
        type     = "http"
        path     = "/healthz"
        interval = "10s"
        timeout  = "2s"
      }

      connect {
        sidecar_service {
          proxy {
            upstreams {
              destination_name = "storefront-search"
              local_bind_port  = 9200
            }
          }
        }
      }
    }

    task "server" {
      driver = "docker"

      config {
        image = "registry.example.com/shop/web:2.14.0"
        ports = ["http"]
        args  = ["--listen=:8080", "--search=http://${NOMAD_UPSTREAM_ADDR_storefront_search}"]
      }

      vault {
        role      = "storefront"
        namespace = "engineering" # Vault's, not Nomad's
      }

      resources {
        cpu    = 500
        memory = 256
      }
    }
  }

  group "search" {
    network {
      mode = "bridge"
    }

    service {
      name = "storefront-search"
      port = "9200"
      connect {
        sidecar_service {}
      }
    }

    task "index" {
      driver = "docker"
      config { image = "registry.example.com/shop/search:1.3.2" }
    }
  }
}
