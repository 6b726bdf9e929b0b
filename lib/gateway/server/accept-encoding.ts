/** Whether an `Accept-Encoding` header takes Brotli (RFC 9110 §12.5.3): named, and not with a weight of zero. */
export function acceptsBrotli(header: string | string[] | undefined): boolean {
  const codings = String(header ?? '').split(',')
  return codings.some((coding) => {
    const [name, ...parameters] = coding.split(';').map((part) => part.trim().toLowerCase())
    return name === 'br' && !parameters.some((parameter) => /^q=0(?:\.0{0,3})?$/.test(parameter))
  })
}
