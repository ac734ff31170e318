/** A manifest between two formats: values that lose nothing on the way. */

/** A number as its decimal text, in JSON's grammar: no precision or magnitude is lost. */
export class DecimalNumber {
  /** `-1.50e400`, as it is written. */
  readonly text: string;

  /** Takes the text as it is: the readers have checked its grammar. */
  constructor(text: string) {
    this.text = text;
  }
}

/**
 * What YAML and JSON have in common. Mappings keep their order and may have any text as a key
 * (`__proto__` too), hence a Map.
 */
export type ManifestValue =
  | null
  | boolean
  | string
  | DecimalNumber
  | readonly ManifestValue[]
  | ReadonlyMap<string, ManifestValue>;
