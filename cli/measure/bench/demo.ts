/** The samples that ship with the package, each with an event that it succeeds with. */
export const DEMO_EVENTS: Readonly<Record<string, string>> = {
  hello: '{"name":"AWS Lambda"}',
  process: '{"data":[1,2,3,4,5]}',
  api: '{"httpMethod":"GET","path":"/users/123","queryStringParameters":{"include":"profile"}}',
  scheduled:
    '{"source":"aws.events","detail-type":"Scheduled Event","time":"2026-11-24T12:00:00Z","resources":["arn:aws:events:us-east-1:000000000000:rule/nightly"]}',
  error: '{"shouldFail":false}',
}
