/** The bounds that keep a hostile manifest from costing more than it is worth. */

/** The most collections that may stand inside one another. Real manifests stay below 30. */
export const maxDepth = 128;

/**
 * The most characters that a translation may have: indentation and YAML's aliases let a small body
 * ask for a huge one.
 */
export const maxTranslationLength: number = 64 * 1024 * 1024;

/**
 * The most lexical tokens that a YAML body may have, comments and blank lines left out. The parser takes
 * about 1.5 µs and 400 bytes for each, so this is some 1.5 seconds and 300 MB. A line of a manifest has
 * eight, so this is 90,000 lines: twice what an etcd takes as one object.
 */
export const maxYamlTokens = 750_000;

/**
 * The most lines that a YAML body may have, those in scalars, comments and blank ones too: each costs the
 * lexer 0.6 µs, so this is some 1.2 seconds (16 MiB of line breaks took 9). Text within a line is as good
 * as free.
 */
export const maxYamlLines = 2_000_000;
