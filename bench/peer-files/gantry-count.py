"""How many executions of a plan are on record as succeeded, read page by page."""
import json
import sys
import urllib.request

base, token, plan = sys.argv[1:]
count, after = 0, None
while True:
    url = f"{base}/api/executions?limit=500&plan={plan}&status=succeeded" + (f"&after={after}" if after else "")
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    page = json.load(urllib.request.urlopen(request))
    count += len(page["items"])
    after = page["next"]
    if not after:
        break
print(count)
