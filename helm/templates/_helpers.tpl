{{/* The one namespace that the components know: leases, checkpoints, reports and the pause switch stand there. */}}
{{- define "scaleops.namespace" -}}
{{- if ne .Release.Namespace "scaleops-system" }}
{{- fail (printf "the release's namespace is %s: install with --namespace scaleops-system --create-namespace" .Release.Namespace) }}
{{- end -}}
scaleops-system
{{- end }}

{{- define "scaleops.image" -}}
{{- with .Values.image -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{/* Labels of every object. Takes a dict: root, component (may be absent). */}}
{{- define "scaleops.labels" -}}
app.kubernetes.io/name: scaleops
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- with .component }}
app.kubernetes.io/component: {{ . }}
{{- end }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end }}

{{/* What selects a component's pods: never changes over upgrades. */}}
{{- define "scaleops.selector" -}}
app.kubernetes.io/name: scaleops
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* A component's pod, as the restricted Pod Security Standard wants it. Takes a dict: root, component, args, ports; speaksTo:
     components that it sends messages to, may be absent. */}}
{{- define "scaleops.pod" -}}
{{- $own := index .root.Values .component -}}
serviceAccountName: {{ .component }}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
- name: {{ . }}
{{- end }}
{{- end }}
{{- with $own.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with $own.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $own.tolerations }}
tolerations: {{- toYaml . | nindent 0 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  seccompProfile:
    type: RuntimeDefault
containers:
- name: {{ .component }}
  image: {{ include "scaleops.image" .root }}
  imagePullPolicy: {{ .root.Values.image.pullPolicy }}
  args:
  - {{ .component }}
  - --namespace={{ include "scaleops.namespace" .root }}
  - --listen-metrics=0.0.0.0:9102
  {{- range .args }}
  - {{ . }}
  {{- end }}
  - --log-level={{ .root.Values.log.level }}
  - --log-format={{ .root.Values.log.format }}
  {{- if .speaksTo }}
  volumeMounts:
  - name: peers
    mountPath: /var/run/secrets/scaleops.sh
    readOnly: true
  {{- end }}
  ports:
  - name: metrics
    containerPort: 9102
  {{- range $name, $port := .ports }}
  - name: {{ $name }}
    containerPort: {{ $port }}
  {{- end }}
  {{- if not .job }}
  # Ready once its view of the cluster is complete.
  readinessProbe:
    httpGet:
      path: /readyz
      port: metrics
    periodSeconds: 5
  livenessProbe:
    httpGet:
      path: /healthz
      port: metrics
    periodSeconds: 10
    failureThreshold: 6
  {{- end }}
  resources: {{- toYaml $own.resources | nindent 4 }}
  securityContext:
    allowPrivilegeEscalation: false
    readOnlyRootFilesystem: true
    capabilities:
      drop:
      - ALL
{{- with .speaksTo }}
# A token that other components, and nobody else, take; and whom to trust to be them.
volumes:
- name: peers
  projected:
    sources:
    - serviceAccountToken:
        audience: scaleops
        expirationSeconds: 3600
        path: token
    {{- range . }}
    - configMap:
        name: {{ . }}-authority
        optional: true
        items:
        - key: ca.crt
          path: {{ . }}.crt
    {{- end }}
{{- end }}
{{- end }}

{{/* A component's account, Deployment and Service. Takes a dict: root, component, args, ports, service; strategy and speaksTo
     may be absent. */}}
{{- define "scaleops.component" -}}
{{- $own := index .root.Values .component -}}
{{ include "scaleops.account" . }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .component }}
  namespace: {{ include "scaleops.namespace" .root }}
  labels: {{- include "scaleops.labels" . | nindent 4 }}
spec:
  replicas: {{ $own.replicas }}
  {{- with .strategy }}
  strategy:
    type: {{ . }}
  {{- end }}
  selector:
    matchLabels: {{- include "scaleops.selector" . | nindent 6 }}
  template:
    metadata:
      labels: {{- include "scaleops.labels" . | nindent 8 }}
    spec: {{- include "scaleops.pod" . | nindent 6 }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ .component }}
  namespace: {{ include "scaleops.namespace" .root }}
  labels: {{- include "scaleops.labels" . | nindent 4 }}
spec:
  {{- with .serviceType }}
  type: {{ . }}
  {{- end }}
  selector: {{- include "scaleops.selector" . | nindent 4 }}
  ports:
  - name: metrics
    port: 9102
    targetPort: metrics
  {{- range $name, $port := .service }}
  - name: {{ $name }}
    port: {{ $port }}
    targetPort: {{ $name }}
  {{- end }}
{{- end }}

{{- define "scaleops.account" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .component }}
  namespace: {{ include "scaleops.namespace" .root }}
  labels: {{- include "scaleops.labels" . | nindent 4 }}
{{- end }}

{{/* A role and its binding to the component's account. Takes a dict: root, component, rules; scope: a namespace, or absent for
     the whole cluster. */}}
{{- define "scaleops.role" -}}
{{- $kind := ternary "Role" "ClusterRole" (hasKey . "scope") -}}
{{- $name := ternary .component (printf "scaleops-%s" .component) (hasKey . "scope") -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $kind }}
metadata:
  name: {{ $name }}
  {{- with .scope }}
  namespace: {{ . }}
  {{- end }}
  labels: {{- include "scaleops.labels" . | nindent 4 }}
rules: {{- .rules | trim | nindent 0 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ $kind }}Binding
metadata:
  name: {{ $name }}
  {{- with .scope }}
  namespace: {{ . }}
  {{- end }}
  labels: {{- include "scaleops.labels" . | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: {{ $kind }}
  name: {{ $name }}
subjects:
- kind: ServiceAccount
  name: {{ .component }}
  namespace: {{ include "scaleops.namespace" .root }}
{{- end }}

{{/* Reading whatever owns pods. */}}
{{- define "scaleops.rules.workloads" -}}
- apiGroups: [apps]
  resources: [deployments, statefulsets, daemonsets, replicasets]
  verbs: [list, watch]
- apiGroups: [batch]
  resources: [jobs, cronjobs]
  verbs: [list, watch]
{{- range .Values.owners }}
- apiGroups: [{{ .apiGroup }}]
  resources: [{{ .resource }}]
  verbs: [list, watch]
{{- end }}
{{- end }}

{{/* Taking other components' messages: whose token it is, a certificate of its own, its authority made known. Takes the
     component. */}}
{{- define "scaleops.rules.tokens" -}}
- apiGroups: [authentication.k8s.io]
  resources: [tokenreviews]
  verbs: [create]
{{- end }}

{{- define "scaleops.rules.gate" -}}
- apiGroups: [""]
  resources: [secrets]
  resourceNames: [{{ . }}-certificate]
  verbs: [get, patch]
- apiGroups: [""]
  resources: [configmaps]
  resourceNames: [{{ . }}-authority]
  verbs: [get, patch]
{{- end }}

{{/* What stands behind the component's door: both are its own to fill in and to renew. Takes a dict: root, component. */}}
{{- define "scaleops.gate" -}}
apiVersion: v1
kind: Secret
metadata:
  name: {{ .component }}-certificate
  namespace: {{ include "scaleops.namespace" .root }}
  labels: {{- include "scaleops.labels" . | nindent 4 }}
type: Opaque
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .component }}-authority
  namespace: {{ include "scaleops.namespace" .root }}
  labels: {{- include "scaleops.labels" . | nindent 4 }}
{{- end }}

{{/* Being elected: the lease of this name. Takes the component. */}}
{{- define "scaleops.rules.lease" -}}
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  verbs: [create]
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  resourceNames: [scaleops-{{ . }}]
  verbs: [get, patch]
{{- end }}

{{/* Measuring pods. */}}
{{- define "scaleops.rules.usage" -}}
{{- if .Values.usage.kubelets -}}
- apiGroups: [""]
  resources: [nodes/proxy]
  verbs: [get]
{{ end -}}
# Metrics-server, where kubelets cannot be asked.
- apiGroups: [metrics.k8s.io]
  resources: [pods]
  verbs: [list]
{{- end }}
