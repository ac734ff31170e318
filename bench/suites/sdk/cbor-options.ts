/** How the SDK uses cbor-x (`codec/cbor-writer.ts`): a floor that worked otherwise would be no floor. */

export const cborOptions = {
  useRecords: false,
  tagUint8Array: false,
  variableMapSize: true,
  mapsAsObjects: true,
} as const;
