"""An executor in ten lines of Python: it restarts a service only under a grant that stands for exactly that."""
import json, os, sys, urllib.error, urllib.request

service, agent, grant = sys.argv[1:4]
question = {"token": grant, "agent": agent, "tool": "crm.get_order", "arguments": {"id": service}}
request = urllib.request.Request(
    os.environ["COUNTERSIGN_URL"] + "/api/v1/grants/introspect", json.dumps(question).encode(),
    {"Authorization": "Bearer " + os.environ["COUNTERSIGN_TOKEN"], "Content-Type": "application/json"})
answer = json.load(urllib.request.urlopen(request, timeout=5))  # whatever goes wrong here raises: nothing is restarted
if not answer["active"]:
    sys.exit(f"refused: {answer['reason']}")
print(f"restarting {service}")
