from tests.conftest import LiveSite, free_port, hitotsu


def test_a_server_for_tests_refuses_a_database_with_adopted_plans(live_site: LiveSite) -> None:
    environment = live_site.environment | {"HITOTSU_TESTING": "1"}
    refused = hitotsu("serve", "--no-worker", "--port", str(free_port()), environment=environment)
    assert refused.returncode == 2
    assert "HITOTSU_TESTING=1" in refused.stderr
    assert "公開済みの計画" in refused.stderr
