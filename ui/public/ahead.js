// What the page of an execution asks for first is on its way while its code is: see src/api/ahead.ts.
{
  const page = /^\/executions\/([^/]+)$/.exec(location.pathname)
  const secret = localStorage.getItem('volery.token')
  const ask = url => {
    const headers = secret ? { authorization: `Bearer ${secret}` } : {}
    const answer = fetch(url, { credentials: 'omit', redirect: 'error', headers })
    answer.catch(() => null) // whoever takes it says it
    return { url, sent: Date.now(), answer }
  }
  if (page) {
    const of = `${location.origin}/api/v1/executions/${page[1]}`
    const asked = [ask(`${of}/opening`)]
    if (new URLSearchParams(location.search).get('view') === 'timeline') {
      asked.push(ask(`${of}/timeline?scope=&limit=2000`))
    }
    window.voleryAhead = asked
  }
}
