/** Files that hold keys and passwords by convention, by their last names. */
const NAMES =
  /^(?:\.env(?:\.(?!example$|sample$|template$|dist$|defaults$)[^/]*)?|\.envrc|\.netrc|_netrc|\.pgpass|\.my\.cnf|\.npmrc|\.yarnrc\.yml|\.pypirc|\.git-credentials|\.htpasswd|\.vault-token|id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?|credentials(?:\.json|\.ya?ml|\.xml|\.db)?|client_secret[^/]*\.json|service[-_]?account[^/]*\.json|secrets?\.(?:json|ya?ml|toml|env|properties)|kubeconfig|terraform\.tfvars|[^/]*\.auto\.tfvars|[^/]*\.(?:pem|key|p12|pfx|jks|keystore|kdbx|ppk|asc|tfstate))$/i
/** Directories whose every file counts. */
const DIRECTORIES = /(?:^|\/)(?:\.ssh|\.gnupg|\.aws|\.azure|\.kube|\.docker|\.config\/gcloud|\.password-store)(?:\/|$)/i

/** Whether a path names a file that by convention holds secrets (C41). A convention, not a search: the guide lists it. */
export function isSecretFile(path: string): boolean {
  if (path.length > 1_000) return true
  return DIRECTORIES.test(path) || NAMES.test(path.slice(path.lastIndexOf('/') + 1))
}
