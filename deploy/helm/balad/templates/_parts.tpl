{{- define "balad.labels" -}}
app.kubernetes.io/name: balad
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "balad.image" -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end }}

{{- define "balad.trainImage" -}}
{{ .Values.image.repository }}:{{ .Values.image.trainTag | default (printf "%s-train" .Chart.AppVersion) }}
{{- end }}

{{- define "balad.secret" -}}
{{ .Values.existingSecret | default .Release.Name }}
{{- end }}

{{/* What every pod has: nobody's user, and no right to anything. */}}
{{- define "balad.pod" -}}
automountServiceAccountToken: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile:
    type: RuntimeDefault
volumes:
  - name: tmp
    emptyDir:
      medium: Memory
      sizeLimit: 128Mi
  - name: data
    emptyDir: {}
  {{- if .Values.redisTlsSecret }}
  - name: redis-tls
    secret:
      secretName: {{ .Values.redisTlsSecret }}
  {{- end }}
{{- end }}

{{/* What every container has: a root file system that is only read, settings and secrets. */}}
{{- define "balad.container" -}}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
volumeMounts:
  - name: tmp
    mountPath: /tmp
  - name: data
    mountPath: /var/lib/balad
  {{- if .Values.redisTlsSecret }}
  - name: redis-tls
    mountPath: /etc/balad/redis
    readOnly: true
  {{- end }}
envFrom:
  - configMapRef:
      name: {{ .Release.Name }}
  - secretRef:
      name: {{ include "balad.secret" . }}
{{- end }}
