# Written on another system: its lines end in CR LF, and no namespace stands in it.
job "log-shipper" {
  datacenters = ["*"]
  type        = "system"

  group "vector" {
    task "vector" {
      driver = "docker"
      config { image = "registry.example.com/timberio/vector:0.50" }

      template {
        destination = "local/vector.yaml"
        data        = <<YAML
sources:
  logs: {type: docker_logs, exclude_containers: ["nomad_init_"]}
sinks:
  out: {type: console, inputs: [logs], encoding: {codec: json}}
YAML
      }
    }
  }
}
