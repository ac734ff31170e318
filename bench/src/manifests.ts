/** Manifests as many as wanted, no two alike: 1 KB of YAML each, made from a number. */

/** How many bytes each has. */
export const manifestBytes = 1024;

export interface Manifest {
  readonly ref: { readonly kind: string; readonly name: string; readonly namespace: string };
  readonly text: string;
  readonly bytes: Uint8Array;
}

const encoder = new TextEncoder();

/** The Deployment of this number; nearly every value in it differs from that of any other number. */
export function manifest(number: number): Manifest {
  const name = `web-${number.toString().padStart(9, "0")}`;
  const namespace = `shop-${number % 10}`;
  const word = wordsFrom(number);
  const body = `  name: ${name}
  namespace: ${namespace}
  labels:
    app.kubernetes.io/name: ${word()}
    app.kubernetes.io/version: "${number % 97}.${number % 89}.${number % 83}"
spec:
  replicas: ${(number % 7) + 1}
  selector:
    matchLabels: { app: ${name} }
  template:
    metadata:
      labels: { app: ${name}, tier: ${word()} }
    spec:
      containers:
        - name: ${word()}
          image: registry.example.com/${word()}/${word()}:${word()}
          ports:
            - { name: http, containerPort: ${8000 + (number % 1000)} }
          env:
            - name: TOKEN
              value: ${word()}
            - name: PEER
              value: "${word()}:${1024 + (number % 50_000)}"
          resources:
            limits: { cpu: ${100 + (number % 900)}m, memory: ${64 + (number % 448)}Mi }
          readinessProbe:
            httpGet: { path: /${word()}, port: http }
            periodSeconds: ${(number % 30) + 1}
`;
  const head = `apiVersion: apps/v1
kind: Deployment
metadata:
  annotations:
    example.com/change-cause: `;
  const text = `${head}${padding(manifestBytes - head.length - body.length - 1, word)}\n${body}`;
  return { ref: { kind: "Deployment", name, namespace }, text, bytes: encoder.encode(text) };
}

/** Words of exactly this length in all, which is a plain scalar. */
function padding(length: number, word: () => string): string {
  let text = word();
  while (text.length < length) text += ` ${word()}`;
  return text.slice(0, length).replace(/ $/, "x");
}

/** An endless series of words, for each seed another (a multiplicative generator). */
function wordsFrom(seed: number): () => string {
  let state = 1 + ((seed * 69_621) % 2_147_483_646);
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return `w${state.toString(36)}`;
  };
}
