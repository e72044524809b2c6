"""The silent call for help over JSON: the same, and for officials only."""

from server.core import clock
from tests.functional.test_counter_help import two_counters
from tests.support.stories import somebody
from tests.support.system import System
from tests.support.visits import at
from tracking.visits.models import EmergencyCall


async def test_the_same_over_json_and_only_for_officials(system: System) -> None:
    with clock.at(at("10:00")):
        own, _other = await two_counters()
        counter = own.rpartition("/")[2]
        clerk, colleague = await system.program("clerk"), await system.program("handler")
        path = f"/api/v1/desk/counters/{counter}/emergency"
        for nobody in (system.visitor(), await system.program("inspector")):
            assert (await nobody.post(path)).status_code in {401, 403}
            assert (await nobody.get("/api/v1/desk/emergencies?office=east")).status_code in {401, 403}
        made = await clerk.post(path)
        assert (made.status_code, made.json()["counter"], made.json()["floor"]) == (201, "3", 2)
        listed = (await colleague.get("/api/v1/desk/emergencies?office=east")).json()["items"]
        assert [one["id"] for one in listed] == [made.json()["id"]]
        one = f"/api/v1/desk/emergencies/{made.json()['id']}"
        for nobody in (system.visitor(), await system.program("inspector")):
            assert (await nobody.post(f"{one}/accept")).status_code in {401, 403}
            assert (await nobody.post(f"{one}/end", json={"report": "거짓"})).status_code in {401, 403}
        taken = await colleague.post(f"{one}/accept")
        assert taken.json()["accepted_by"] == (await somebody("handler")).name
        late = await (await system.program("manager")).post(f"{one}/accept")
        assert (late.status_code, late.json()["code"]) == (409, "emergency_taken")
        assert (await colleague.post(f"{one}/end", json={"report": "진정되었습니다."})).status_code == 200
        assert (await colleague.get("/api/v1/desk/emergencies?office=east")).json()["items"] == []
        assert (await colleague.post("/api/v1/desk/emergencies/999/accept")).status_code == 404
        assert (await EmergencyCall.get()).report == "진정되었습니다."
