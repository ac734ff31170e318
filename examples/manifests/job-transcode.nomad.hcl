# Dispatched once for each upload: nomad job dispatch -meta format=webm transcode upload.mov
job "transcode" {
  id        = "media/transcode" // what Nomad calls it; the label is its name only
  namespace = "media"
  type      = "batch"

  parameterized {
    payload       = "required"
    meta_required = ["format"]
    meta_optional = ["bitrate", "title"]
  }

  group "ffmpeg" {
    ephemeral_disk {
      size = 20000
    }

    dynamic "volume" {
      for_each = ["uploads", "results"]
      labels   = [volume.value]

      content {
        type            = "csi"
        source          = volume.value
        access_mode     = volume.value == "results" ? "multi-node-multi-writer" : "multi-node-reader-only"
        attachment_mode = "file-system"
      }
    }

    task "ffmpeg" {
      driver = "exec"

      dispatch_payload { file = "input" }

      config {
        command = "/usr/bin/ffmpeg"
        args = [
          "-i", "${NOMAD_TASK_DIR}/input",
          "-metadata", "title=${NOMAD_META_title}",
          "${NOMAD_ALLOC_DIR}/output.${NOMAD_META_format}",
        ]
      }

      resources {
        cores  = 4
        memory = 4096
      }
    }
  }
}
