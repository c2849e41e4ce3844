// The package brings no types; this is the part that specs/generate.ts uses.
declare module "swagger2openapi" {
  interface ConvertOptions {
    readonly patch?: boolean;
    readonly warnOnly?: boolean;
  }
  const converter: {
    convertObj(document: object, options: ConvertOptions): Promise<{ readonly openapi: object }>;
  };
  export default converter;
}
