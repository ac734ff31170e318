variable "image_tag" {
  type        = string
  default     = "4.2.1"
  description = "The tag of the invoices image, such as \"4.2.1\"."
}

variable "recipients" {
  type    = list(string)
  default = ["billing@example.com", "audit@example.com"]
}

locals {
  image     = "registry.example.com/billing/invoices:${var.image_tag}"
  arguments = [for address in var.recipients : "--to=${address}"]
}

job "nightly-invoices" {
  type      = "batch"
  namespace = "billing"

  periodic {
    crons            = ["15 2 * * *", "15 14 * * 0"]
    time_zone        = "Europe/Berlin"
    prohibit_overlap = true
  }

  group "send" {
    restart {
      attempts = 2
      mode     = "fail"
    }

    task "send" {
      driver = "docker"

      config {
        image = local.image
        args = concat(["send", "--currency=${upper("eur")}"], [
          for argument in local.arguments : argument
          if argument != "" # none of them is
        ])
      }

      env {
        GREETING = "%{ if length(var.recipients) > 1 }Dear all%{ else }Hello%{ endif }"
        PATTERN  = "^[0-9]{4}\\.\"\u00e9\"$"
      }
    }
  }
}
