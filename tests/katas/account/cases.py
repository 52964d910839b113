"""A suite of a class, as a teacher has it."""

import unittest

import pytest
from account import Account, Overdrawn


@pytest.fixture
def account():
    return Account("ada", 10.0)


def test_new(account):
    assert account.owner == "ada"
    assert account.balance == 10.0
    assert isinstance(account, Account)


def test_default():
    assert Account("bob").balance == 0


@pytest.mark.parametrize(("amount", "balance"), [(5, 15.0), (0.5, 10.5)])
def test_deposit(account, amount, balance):
    account.deposit(amount)
    assert account.balance == pytest.approx(balance)


@pytest.mark.parametrize("amount", [0, -1])
def test_wrong_amount(account, amount):
    with pytest.raises(ValueError, match=f"an amount of {amount}"):
        account.deposit(amount)
    with pytest.raises(ValueError):
        account.withdraw(amount)
    assert account.balance == 10.0


def test_overdrawn(account):
    with pytest.raises(Overdrawn) as raised:
        account.withdraw(15.0)
    assert raised.value.missing == 5.0
    assert account.balance == 10.0


def test_overdrawn_text(account):
    with pytest.raises(Overdrawn, match="^5 is missing$"):
        Account("bob", 0).withdraw(5)


def test_any_error(account):
    assert account.balance == 10.0
    with pytest.raises(Exception):  # noqa: B017
        account.withdraw(100)


def test_balance_cannot_be_set(account):
    with pytest.raises(AttributeError):
        account.balance = 1e6
    assert account.balance == 10.0


def test_length(account):
    assert len(account) == 0
    account.deposit(1)
    account.withdraw(2)
    assert len(account) == 2


def test_iteration(account):
    account.deposit(1)
    account.withdraw(2)
    assert list(account) == [1, -2]
    assert account[0] == 1


def test_contains(account):
    account.deposit(3)
    assert 3 in account
    assert 4 not in account


def test_context(account):
    with account as same:
        same.deposit(1)
        assert same.balance == 11.0
    assert account.balance == 11.0


def test_context_undone(account):
    with pytest.raises(RuntimeError, match="stop"):
        with account:
            account.deposit(1)
            raise RuntimeError("stop")
    assert account.balance == 10.0
    assert len(account) == 0


def test_context_undone_by_its_own(account):
    with pytest.raises(Overdrawn):
        with account:
            account.deposit(1)
            account.withdraw(1000)
    assert account.balance == 10.0


class TestAccounts(unittest.TestCase):
    def setUp(self):
        self.ada = Account("ada", 3.0)
        self.bob = Account.from_text("bob:4.5")

    def test_from_text(self):
        self.assertEqual(self.bob.owner, "bob")
        self.assertAlmostEqual(self.bob.balance, 4.5)
        self.assertIsInstance(self.bob, Account)

    def test_equal(self):
        self.assertEqual(self.ada, Account("ada", 3.0))
        self.assertNotEqual(self.ada, self.bob)
        self.assertFalse(self.ada == Account("ada", 4.0))
        self.assertNotEqual(self.ada, "ada")

    def test_sum(self):
        both = self.ada + self.bob
        self.assertEqual(both.owner, "ada and bob")
        self.assertAlmostEqual(both.balance, 7.5)

    def test_difference(self):
        self.assertAlmostEqual(self.bob - self.ada, 1.5)

    def test_order(self):
        self.assertLess(self.ada, self.bob)
        self.assertEqual(min(self.bob, self.ada).owner, "ada")

    def test_average(self):
        for amount in (1, 2, 6):
            self.ada.deposit(amount)
        self.assertAlmostEqual(self.ada.average(), 3)

    def test_average_between(self):
        self.ada.deposit(2.5)
        self.ada.deposit(3.5)
        self.assertGreater(self.ada.average(), 2.9)
        self.assertLess(self.ada.average(), 3.1)
        self.assertIn(3.5, list(self.ada))

    def test_hash(self):
        self.assertEqual(len({self.ada, Account("ada", 3.0), self.bob}), 2)
