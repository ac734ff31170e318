/** How large the bodies of mutants may be. */

/**
 * Far more than any bug begins at (64 KiB), and a sixteenth of the default: the suite writes bodies of exactly the size that
 * is claimed, which was a quarter of what judging a mutant on a disk took.
 */
export const bodyLimit: { readonly maxBodyBytes: number } = { maxBodyBytes: 1024 * 1024 };
