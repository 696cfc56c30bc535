"""HTTP of the simulator: one address for all transactions, a control address beside it."""

import json
import time
from http.server import ThreadingHTTPServer
from typing import Any, Final

from insurance_bridge.engine.envelope import canonical, signature, verified
from insurance_bridge.simulator.control import CONTROLS
from insurance_bridge.simulator.store import Ledger, next_number, now, take_fault
from insurance_bridge.simulator.transactions import TRANSACTIONS, RefusalError
from kernel.simulator.standing import Quiet, bound

SERVICE: Final = "/mbs/fmi/fsi/api/callFsiService/callService"
FAULTS: Final = frozenset(
    {
        "drop_request",  # nothing happens, the line breaks
        "drop_reply",  # it happens, the line breaks before the answer
        "delay",  # it happens, the answer comes after `seconds`
        "http_500",  # it happens, a gateway answers 500
        "garbage",  # it happens, the answer is not JSON
        "string_code",  # infcode "0" instead of 0
        "no_output",  # accepted, and not a word of what
        "no_setl_id",  # the answer lacks setl_id
        "wrong_sum",  # the answer's sums do not add up
    }
)


class Handler(Quiet):
    """One request. The ledger is committed before the first byte of an answer."""

    ledger: Ledger
    secret: bytes
    control_key: str

    def asked(self, body: bytes) -> None:
        if self.path == SERVICE:
            self._service(body)
        elif self.path.startswith("/control/") and self.headers.get("X-Control-Key") == self.control_key:
            self._control(self.path.removeprefix("/control/").strip("/"), body)
        else:
            self.send(404, b"{}")

    def _service(self, body: bytes) -> None:
        try:
            envelope = json.loads(body)
            genuine = verified(self.secret, envelope)
        except (ValueError, AttributeError):
            self.send(400, b"{}")
            return
        if not genuine:
            self.send(401, b"{}")
            return
        with self.ledger.transaction() as connection:
            fault = take_fault(connection, envelope["infno"])
        if fault is not None and fault["kind"] == "drop_request":
            self.hang_up()
            return
        answer = self._answer(envelope)
        if fault is None:
            self.send(200, canonical(answer))
        else:
            self._faulty(fault["kind"], fault["seconds"], answer)

    def _answer(self, envelope: dict[str, Any]) -> dict[str, Any]:
        try:
            return self._committed(envelope)
        except RefusalError as refusal:
            return self._reply(envelope, -1, str(refusal), None)
        except LookupError as error:
            return self._reply(envelope, -1, f"入参缺失: {error}", None)
        except ValueError as error:
            return self._reply(envelope, -1, f"入参错误: {error}", None)

    def _committed(self, envelope: dict[str, Any]) -> dict[str, Any]:
        with self.ledger.transaction() as connection:
            seen = connection.execute(
                "SELECT 1 FROM message WHERE msgid = ?", (envelope["msgid"],)
            ).fetchone()
            if seen:
                raise RefusalError(f"报文ID重复: {envelope['msgid']}")
            output = TRANSACTIONS[envelope["infno"]](connection, envelope)
            reference = f"990101{now(connection):%H%M%S}{next_number(connection, 'reference'):010d}"
            connection.execute(
                "INSERT INTO message VALUES (?,?,?,?,?)",
                (envelope["msgid"], envelope["infno"], reference, now(connection).isoformat(), None),
            )
        return self._reply(envelope, 0, "", {} if output is None else dict(output), reference)

    def _reply(
        self, envelope: dict[str, Any], code: int, message: str, output: Any, reference: str = ""
    ) -> dict[str, Any]:
        answer: dict[str, Any] = {
            "infcode": code,
            "msgid": envelope.get("msgid", ""),
            "inf_refmsgid": reference,
            "respond_time": f"{time.strftime('%Y%m%d%H%M%S')}000",
            "err_msg": message,
            "signtype": "SM3",
            "output": output,
        }
        answer["cainfo"] = signature(self.secret, answer)
        return answer

    def _faulty(self, kind: str, seconds: float, answer: dict[str, Any]) -> None:
        if kind == "drop_reply":
            self.hang_up()
            return
        if kind == "delay":
            time.sleep(seconds)
        status = 500 if kind == "http_500" else 200
        body = b"<html>" if kind in {"garbage", "http_500"} else canonical(self._bent(kind, answer))
        self.send(status, body)

    def _bent(self, kind: str, answer: dict[str, Any]) -> dict[str, Any]:
        if kind == "string_code":
            answer["infcode"] = str(answer["infcode"])
        info = (answer["output"] or {}).get("setlinfo", {})
        if kind == "no_setl_id":
            info.pop("setl_id", None)
        if kind == "no_output":
            answer["output"] = None
        if kind == "wrong_sum":
            info["fund_pay_sumamt"] = "0.01"
        answer["cainfo"] = signature(self.secret, answer)
        return answer

    def _control(self, name: str, body: bytes) -> None:
        control = CONTROLS.get(name)
        if control is None:
            self.send(404, b"{}")
            return
        with self.ledger.transaction() as connection:
            result = control(connection, json.loads(body or b"{}"))
        self.send(200, json.dumps(result, ensure_ascii=False).encode())


def serve(ledger: Ledger, *, port: int, secret: bytes, control_key: str) -> ThreadingHTTPServer:
    """A server bound to loopback; `serve_forever()` is the caller's."""
    return bound(Handler, port, ledger=ledger, secret=secret, control_key=control_key)
