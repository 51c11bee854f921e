// The package has no types for this file.
declare module "@messageformat/core/compile-module.js" {
  const compileModule: (format: unknown, messages: Readonly<Record<string, string>>) => string;
  export default compileModule;
}
