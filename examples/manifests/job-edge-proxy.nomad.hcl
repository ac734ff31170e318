/*
 * A proxy on every node of the edge, configured by templates that are full of
 * braces, quotes and the words that matter elsewhere: job "x" { namespace = "y" }
 */
job "edge-proxy" {
  datacenters = ["dc1"]
  type        = "system"
  namespace   = "edge"

  group "proxy" {
    network {
      port "https" {
        static = 443
      }
    }

    task "nginx" {
      driver = "docker"

      config {
        image   = "registry.example.com/library/nginx:1.29"
        ports   = ["https"]
        volumes = ["local/nginx.conf:/etc/nginx/nginx.conf:ro"]
      }

      template {
        destination   = "local/nginx.conf"
        change_mode   = "signal"
        change_signal = "SIGHUP"

        data = <<-EOH
          events {}
          http {
            log_format main '$remote_addr "$request" $status $${upstream_addr}';
            map $http_upgrade $connection { default upgrade; '' close; }
          {{- range services }}
          {{- if .Tags | contains "public" }}
            upstream {{ .Name }} {
            {{- range service .Name }}
              server {{ .Address }}:{{ .Port }}; # namespace = "template"
            {{- end }}
            }
          {{- end }}
          {{- end }}
            server {
              listen ${NOMAD_PORT_https} ssl;
              root "/srv/%%{not a directive}";
            }
          }
        EOH
      }

      template {
        destination = "secrets/tls.pem"
        data        = <<EOF
{{ with secret "pki/issue/edge" "common_name=shop.example.com" }}
{{ .Data.certificate }}
{{ .Data.private_key }}{{ end }}
EOF
      }
    }
  }
}
