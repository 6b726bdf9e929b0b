// How dependency-cruiser finds and follows imports, for both sets of walls.
module.exports = {
  doNotFollow: { path: '^(node_modules|lib/db/generated)' },
  exclude: { path: '^(\\.next|dist|\\.data)/' },
  tsConfig: { fileName: 'tsconfig.json' },
  enhancedResolveOptions: {
    exportsFields: ['exports'],
    conditionNames: ['import', 'require', 'node', 'default', 'types'],
  },
}
