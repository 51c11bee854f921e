// What Vite gives besides files.
declare module "virtual:languages" {
  type Message = (values?: Readonly<Record<string, unknown>>) => string;
  /** For each language what imports its messages. */
  export const load: Readonly<Record<string, () => Promise<{ default: Readonly<Record<string, Message>> }>>>;
}

/** The worker's program, in the offline copy. */
declare module "virtual:worker" {
  const program: string;
  export default program;
}

declare module "*?worker&url" {
  const url: string;
  export default url;
}

declare module "*.css" {}

interface TrustedTypePolicy {
  createScriptURL(url: string): string;
}

interface Window {
  readonly trustedTypes?: {
    createPolicy(name: string, rules: { createScriptURL(url: string): string }): TrustedTypePolicy;
  };
}
