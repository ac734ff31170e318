/** The bounds that keep a hostile manifest from costing more than it is worth. */

/** The most collections that may stand inside one another. Real manifests stay below 30. */
export const maxDepth = 128;

/**
 * The most characters that a translation may have: indentation and YAML's aliases let a small body
 * ask for a huge one.
 */
export const maxTranslationLength: number = 64 * 1024 * 1024;

/**
 * The most lexical tokens that a YAML body may have. The parser takes about 1.5 µs and 400 bytes for
 * each, so this is some 3 seconds and 600 MB; text inside scalars is free. A dense megabyte has 700,000.
 */
export const maxYamlTokens = 1_500_000;

/**
 * The most line breaks, spaces and comments in a row. For each comment after a block scalar the parser
 * looks through the whole run before it (80,000 lines took 4.5 s).
 */
export const maxYamlBlankRun = 10_000;
